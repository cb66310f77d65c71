#include "source/downloads.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "files/file.hpp"
#include "hash/hasher.hpp"
#include "hash/seal.hpp"
#include "json/json.hpp"
#include "web/date.hpp"
#include "web/redact.hpp"

namespace pinnace::source {

using base::Context;
using base::Error;
using base::ErrorCode;
using nlohmann::json;

namespace {

constexpr std::size_t k_max_record = 16 * 1024;
/// The last second of the year 9999.
constexpr std::int64_t k_last_second = 253402300799;
constexpr int k_not_modified = 304;

std::string name_of(const UrlSource& source) {
  return "GET " + web::redact_url(source.url);
}

ErrorCode code_of(int status) {
  if (status == 404 || status == 410) return ErrorCode::not_found;
  if (status == 401) return ErrorCode::unauthorized;
  if (status == 403) return ErrorCode::denied;
  return status >= 400 && status < 500 ? ErrorCode::invalid_input : ErrorCode::unavailable;
}

/// A weak ETag may stay while the bytes change (RFC 9110, 8.8.1).
std::string strong_tag(const web::Headers& headers) {
  std::string tag(headers.get("ETag"));
  return tag.starts_with("W/") ? std::string() : tag;
}

hash::Algorithm algorithm_of(const UrlSource& source) {
  return source.checksum ? source.checksum->algorithm() : hash::Algorithm::sha256;
}

/// Hashes and counts what passes.
class Meter final : public base::Source {
 public:
  Meter(const Context& context, base::Source& inner, const UrlSource& source, std::uint64_t limit)
      : m_context(context),
        m_inner(inner),
        m_shown(web::redact_url(source.url)),
        m_limit(limit),
        m_hasher(algorithm_of(source)) {}

  std::size_t read(std::span<std::byte> buffer) override {
    const std::size_t size = m_inner.read(buffer);
    m_hasher.write(base::Bytes(buffer).first(size));
    if (m_hasher.size() > m_limit)
      throw Error(ErrorCode::invalid_input,
                  m_shown + " has more than " + std::to_string(m_limit) + " bytes");
    m_context.progress(m_shown, m_hasher.size(), 0);
    return size;
  }
  std::uint64_t size() const { return m_hasher.size(); }
  hash::Digest finish() { return m_hasher.finish(); }

 private:
  const Context& m_context;
  base::Source& m_inner;
  std::string m_shown;
  std::uint64_t m_limit;
  hash::Hasher m_hasher;
};

}  // namespace

struct Downloads::Entry {
  std::mutex mutex;  ///< of all below
  std::optional<Download> known;
  bool asked = false;  ///< the server, or nobody has to be
  std::string tag;     ///< a strong ETag, as the server said it; empty if it said none
  std::optional<tree::FileContent> content;
};

Downloads::Downloads(Options options, layer::Spool& spool)
    : m_options(std::move(options)), m_client(m_options.reach.http), m_spool(spool) {}
Downloads::~Downloads() = default;

Downloads::Entry& Downloads::entry(const UrlSource& source) {
  const std::lock_guard lock(m_mutex);
  auto& found = m_entries[source.url + "\n" + (source.checksum ? source.checksum->str() : "")];
  if (!found) found = std::make_unique<Entry>();
  return *found;
}

std::filesystem::path Downloads::memory_of(const UrlSource& source) const {
  const std::string name =
      source.url + "\n" + (source.checksum ? source.checksum->str() : std::string());
  return m_options.memory / (std::string(hash::Digest::of(name).hex()) + ".json");
}

/// A record that can't be read counts as none.
void Downloads::read_memory(const UrlSource& source, Entry& entry) const {
  if (!m_options.remember) return;
  try {
    const auto file = memory_of(source);
    const std::string whole = files::read_file_or_empty(file, k_max_record);
    const json record =
        pinnace::json::parse_or_null(hash::unsealed(file.stem().native(), whole).value_or(""));
    if (!record.is_object()) return;
    Download known{hash::Digest::parse(record.at("digest").get<std::string>()),
                   record.at("size").get<std::uint64_t>(),
                   {}};
    if (!record.at("modified").is_null()) known.modified = record.at("modified");
    entry.tag = record.at("etag");
    entry.known = known;
  } catch (const json::exception&) {  // NOLINT(bugprone-empty-catch)
  } catch (const Error&) {            // NOLINT(bugprone-empty-catch)
  }
}

void Downloads::write_memory(const UrlSource& source, const Entry& entry) const {
  json record = {{"digest", entry.known->digest.str()},
                 {"size", entry.known->size},
                 {"modified", nullptr},
                 {"etag", entry.tag}};
  if (entry.known->modified) record["modified"] = *entry.known->modified;
  const auto file = memory_of(source);
  files::write_cache_file(
      file, hash::sealed(file.stem().native(),
                         record.dump(-1, ' ', false, json::error_handler_t::replace)));
}

/// One request; false: the server says that the file is the one that is known.
bool Downloads::attempt(const Context& context, const UrlSource& source, Entry& entry) {
  http::Request request;
  request.url = source.url;
  if (entry.known && !entry.asked) {
    // A date would not do: what is older than it counts as unchanged, too, and what was written in
    // the same second (RFC 9110, 13.1.3 and 8.8.2.2).
    if (!entry.tag.empty()) request.headers.add("If-None-Match", entry.tag);
  }
  http::OpenResponse answer = m_client.open(context, request);
  const http::Response& response = answer.response;
  if (response.status == k_not_modified && !request.headers.empty()) return false;
  if (!answer.body) {
    const std::string status = "status " + std::to_string(response.status);
    if (http::is_retryable(response.status))
      throw http::TransportError(name_of(source) + ": " + status, response.headers);
    throw Error(code_of(response.status), name_of(source) + ": " + status);
  }
  Meter meter(context, *answer.body, source, m_options.max_bytes);
  entry.content = m_spool.add(context, meter);
  Download found{meter.finish(), meter.size(),
                 web::parse_date(response.headers.get("Last-Modified"))};
  if (found.modified > k_last_second) found.modified.reset();
  entry.tag = strong_tag(response.headers);
  entry.known = found;
  return true;
}

bool Downloads::fetch(const Context& context, const UrlSource& source, Entry& entry) {
  for (http::Retry retry(context, m_options.reach.retry, name_of(source));;) {
    try {
      return attempt(context, source, entry);
    } catch (const http::TransportError& error) {
      if (!retry.again(error)) throw retry.exhausted(error);
    }
  }
}

Download Downloads::find(const Context& context, const UrlSource& source) {
  Entry& entry = this->entry(source);
  const std::lock_guard lock(entry.mutex);
  if (entry.asked) return *entry.known;
  read_memory(source, entry);
  const bool settled = source.checksum && entry.known && entry.known->digest == *source.checksum;
  if (source.checksum && !settled) entry.known.reset();
  if (!settled && fetch(context, source, entry)) {
    if (source.checksum && entry.known->digest != *source.checksum)
      throw Error(ErrorCode::integrity, web::redact_url(source.url) + " has the checksum " +
                                            entry.known->digest.str() + ", expected " +
                                            source.checksum->str());
    write_memory(source, entry);
  }
  entry.asked = true;
  return *entry.known;
}

tree::FileContent Downloads::content(const Context& context, const UrlSource& source) {
  Entry& entry = this->entry(source);
  const std::lock_guard lock(entry.mutex);
  if (entry.content) return *entry.content;
  const Download expected = *entry.known;
  (void)fetch(context, source, entry);
  if (entry.known->digest != expected.digest) {
    const std::string found = entry.known->digest.str();
    entry.content.reset();
    entry.known = expected;
    throw Error(ErrorCode::integrity, web::redact_url(source.url) + " has the checksum " + found +
                                          ", and was " + expected.digest.str() + " before");
  }
  return *entry.content;
}

}  // namespace pinnace::source
