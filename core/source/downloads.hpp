#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/context.hpp"
#include "http/client.hpp"
#include "layer/spool.hpp"
#include "source/remote_source.hpp"

namespace pinnace::source {

/// A file that a URL led to.
struct Download {
  hash::Digest digest;
  std::uint64_t size = 0;
  std::optional<std::int64_t> modified;  ///< Last-Modified, seconds since 1970
};

/// Files of ADD from http and https URLs, each fetched once at most. No credentials are sent. What
/// is known of a URL is remembered: with a checksum nobody is asked again, without one the server
/// is asked whether the file is still the same. Several threads may use it.
class Downloads {
 public:
  struct Options {
    std::filesystem::path memory;  ///< a directory of what is remembered
    bool remember = true;          ///< take over what earlier builds knew
    http::Reach reach;
    std::uint64_t max_bytes = std::uint64_t{16} << 30;  ///< of a file
  };
  Downloads(Options options, layer::Spool& spool);
  ~Downloads();

  /// Throws integrity if the file is not what the checksum says, and what the server's answer is:
  /// not_found, unauthorized, denied, unavailable, invalid_input, with URL and status.
  Download find(const base::Context& context, const UrlSource& source);
  /// Its bytes; find() was called before.
  tree::FileContent content(const base::Context& context, const UrlSource& source);

 private:
  struct Entry;
  Entry& entry(const UrlSource& source);
  bool fetch(const base::Context& context, const UrlSource& source, Entry& entry);
  bool attempt(const base::Context& context, const UrlSource& source, Entry& entry);
  void read_memory(const UrlSource& source, Entry& entry) const;
  void write_memory(const UrlSource& source, const Entry& entry) const;
  std::filesystem::path memory_of(const UrlSource& source) const;

  Options m_options;
  http::Client m_client;
  layer::Spool& m_spool;
  std::mutex m_mutex;
  std::map<std::string, std::unique_ptr<Entry>> m_entries;
};

}  // namespace pinnace::source
