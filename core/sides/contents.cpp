#include "sides/contents.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/tar_reader.hpp"
#include "base/error.hpp"
#include "compress/compression.hpp"
#include "difference/changelog.hpp"
#include "hash/hasher.hpp"
#include "hash/recorded_hasher.hpp"
#include "textdiff/unified.hpp"

namespace pinnace::sides {

namespace {

using base::Error;
using base::ErrorCode;
using difference::WantedFile;

constexpr std::uint64_t k_max_together = std::uint64_t{128} << 20;
constexpr std::size_t k_max_changelog = std::size_t{32} << 20;
constexpr std::size_t k_max_changelogs = std::size_t{512} << 20;  ///< unpacked, of all packages
constexpr std::size_t k_buffer = 256 * 1024;
constexpr std::size_t k_max_said = std::size_t{4} << 20;  ///< diffs, or notices, of one platform

/// Contents of files of two images by their digests, and what else their digests are.
class Contents {
 public:
  Contents(const base::Context& context, const StoredImage& from, const StoredImage& to,
           std::size_t shared)
      : m_context(context), m_from(from), m_to(to), m_shared(shared) {}

  void want(const WantedFile& file) {
    const bool is_shared = file.layer < m_shared;
    if (is_shared || m_together + file.size > k_max_together) return;
    const auto [place, is_new] = files_of(file).try_emplace({file.digest, file.size});
    if (is_new || !place->second.keeps) m_together += file.size;
    place->second.keeps = true;
  }
  /// The content's digest by this algorithm.
  void want_digest(const WantedFile& file, std::string_view algorithm) {
    files_of(file)[{file.digest, file.size}].algorithms.emplace(algorithm);
  }
  void read() {
    for (const auto& [place, files] : m_wanted) {
      const StoredImage& image = place.first == WantedFile::Side::from ? m_from : m_to;
      read(image, image.layers.at(place.second), files);
    }
  }
  /// Null: it was not found.
  const std::string* find(const WantedFile& file) const {
    const auto found = m_contents.find(file.digest);
    return found == m_contents.end() ? nullptr : &found->second;
  }
  /// The digests that were wanted of it, as far as they are known.
  const std::set<std::string>& digests_of(const WantedFile& file) { return m_digests[file.digest]; }

 private:
  struct Wish {
    bool keeps = false;                ///< the content
    std::set<std::string> algorithms;  ///< of digests
  };
  using Files = std::map<std::pair<hash::Digest, std::uint64_t>, Wish>;

  Files& files_of(const WantedFile& file) { return m_wanted[{file.side, file.layer}]; }
  void read(const StoredImage& image, const tree::StoredLayer& layer, const Files& files);
  void read_content(base::Source& source, std::uint64_t size, const Wish& wish, const Files& files);

  const base::Context& m_context;
  const StoredImage& m_from;
  const StoredImage& m_to;
  std::size_t m_shared;
  std::map<std::pair<WantedFile::Side, std::size_t>, Files> m_wanted;
  std::vector<std::byte> m_buffer = std::vector<std::byte>(k_buffer);
  std::uint64_t m_together = 0;
  std::map<hash::Digest, std::string> m_contents;
  std::map<hash::Digest, std::set<std::string>> m_digests;
};

/// `wish`: all that is wanted of files of this size.
void Contents::read_content(base::Source& source, std::uint64_t size, const Wish& wish,
                            const Files& files) {
  std::string content;
  hash::Hasher hasher;
  std::vector<hash::RecordedHasher> others(wish.algorithms.begin(), wish.algorithms.end());
  while (const std::size_t got = source.read(m_buffer)) {
    m_context.check();
    const base::Bytes bytes = base::Bytes(m_buffer).first(got);
    hasher.write(bytes);
    for (hash::RecordedHasher& one : others) one.write(bytes);
    if (wish.keeps) content += base::as_text(bytes);
  }
  hash::Digest digest = hasher.finish();
  const auto file = files.find({digest, size});
  if (file == files.end()) return;
  for (hash::RecordedHasher& one : others) m_digests[digest].insert(one.finish());
  if (file->second.keeps) m_contents.insert_or_assign(std::move(digest), std::move(content));
}

void Contents::read(const StoredImage& image, const tree::StoredLayer& layer, const Files& files) {
  std::map<std::uint64_t, Wish> sizes;
  for (const auto& [file, wish] : files) {
    Wish& of_size = sizes[file.second];
    of_size.keeps = of_size.keeps || wish.keeps;
    of_size.algorithms.insert(wish.algorithms.begin(), wish.algorithms.end());
  }
  const auto tar = tree::open_layer(m_context, *image.store, layer);
  try {
    archive::TarReader reader(*tar, tree::name_of(layer, *image.store),
                              archive::TarReader::Sparse::expand);
    while (const auto entry = reader.next()) {
      m_context.check();
      const auto wish = sizes.find(entry->size);
      if (entry->type != archive::EntryType::file || wish == sizes.end()) continue;
      read_content(reader.content(), entry->size, wish->second, files);
    }
  } catch (const Error& error) {
    // The inventory has said what is wrong with the archive.
    if (error.code() != ErrorCode::invalid_input && error.code() != ErrorCode::unsupported) throw;
  }
}

/// Unpacks what together is not too much; empty: it is none, or too large.
class Changelogs {
 public:
  explicit Changelogs(const base::Context& context) : m_context(context) {}

  std::string unpack(const std::string& file) {
    const std::size_t limit = std::min(k_max_changelog, m_left);
    try {
      const auto text = compress::make_decompressor(
          m_context, std::make_unique<base::StringSource>(file), "a changelog");
      std::string all = base::read_all(*text, limit, "a changelog");
      m_left -= all.size();
      return all;
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) throw;
      m_left -= limit;
      return {};
    }
  }

 private:
  const base::Context& m_context;
  std::size_t m_left = k_max_changelogs;
};

std::string_view algorithm_of(std::string_view digest) {
  return digest.substr(0, digest.find(':'));
}

/// A digest by an algorithm that is not to be had is no answer.
void answer(Contents& contents, difference::WantedCheck& check) {
  const std::set<std::string>& known = contents.digests_of(check.content);
  for (const std::string& wanted : check.digests) {
    const bool is_known = std::any_of(known.begin(), known.end(), [&](const std::string& one) {
      return algorithm_of(one) == algorithm_of(wanted);
    });
    if (!is_known) continue;
    check.answer = difference::WantedCheck::Answer::contradicts;
    if (!known.contains(wanted)) continue;
    check.answer = difference::WantedCheck::Answer::holds;
    return;
  }
}

void add_diffs(const Contents& contents, difference::Compared& compared) {
  std::size_t said = 0;
  for (const difference::WantedDiff& one : compared.diffs) {
    const std::string* left = contents.find(one.from);
    const std::string* right = contents.find(one.to);
    if (left == nullptr || right == nullptr) continue;
    std::string diff = textdiff::unified_diff(*left, *right).value_or("");
    said += diff.size();
    if (said > k_max_said) return;
    compared.difference.files[one.file].diff = std::move(diff);
  }
}

/// The numbers are there even where the notices are too long.
void add_notices(const base::Context& context, const Contents& contents,
                 difference::Compared& compared) {
  Changelogs changelogs(context);
  std::size_t said = 0;
  for (const difference::WantedChangelog& one : compared.changelogs) {
    const std::string* file = contents.find(one.file);
    if (file == nullptr) continue;
    auto notices = difference::notices_between(changelogs.unpack(*file), one.older, one.newer);
    difference::PackageChange& package = compared.difference.packages[one.package];
    package.cves = difference::cves_of(notices);
    for (const difference::Notice& notice : notices) said += notice.text.size();
    if (said <= k_max_said) package.notices = std::move(notices);
  }
}

}  // namespace

void add_contents(const base::Context& context, const StoredImage& from, const StoredImage& to,
                  std::size_t shared, difference::Compared& compared) {
  Contents contents(context, from, to, shared);
  for (const difference::WantedDiff& one : compared.diffs) {
    if (one.from.layer < shared || one.to.layer < shared) continue;
    contents.want(one.from);
    contents.want(one.to);
  }
  for (const difference::WantedChangelog& one : compared.changelogs) contents.want(one.file);
  using Answer = difference::WantedCheck::Answer;
  for (const difference::WantedCheck& one : compared.checks) {
    if (one.answer != Answer::unknown) continue;
    for (const std::string& digest : one.digests)
      contents.want_digest(one.content, algorithm_of(digest));
  }
  contents.read();
  for (difference::WantedCheck& one : compared.checks) {
    if (one.answer == Answer::unknown) answer(contents, one);
  }
  add_diffs(contents, compared);
  add_notices(context, contents, compared);
}

}  // namespace pinnace::sides
