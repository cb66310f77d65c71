#include "sides/contents.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "archive/tar_reader.hpp"
#include "base/error.hpp"
#include "compress/compression.hpp"
#include "difference/changelog.hpp"
#include "textdiff/unified.hpp"

namespace pinnace::sides {

namespace {

using base::Error;
using base::ErrorCode;
using difference::WantedFile;

constexpr std::uint64_t k_max_together = std::uint64_t{128} << 20;
constexpr std::size_t k_max_changelog = std::size_t{32} << 20;
constexpr std::size_t k_max_changelogs = std::size_t{512} << 20;  ///< unpacked, of all packages
constexpr std::size_t k_max_said = std::size_t{4} << 20;  ///< diffs, or notices, of one platform

/// Contents of files of two images, by their digests.
class Contents {
 public:
  Contents(const base::Context& context, const StoredImage& from, const StoredImage& to,
           std::size_t shared)
      : m_context(context), m_from(from), m_to(to), m_shared(shared) {}

  void want(const WantedFile& file) {
    const bool is_shared = file.layer < m_shared;
    if (is_shared || m_together + file.size > k_max_together) return;
    const bool is_new = m_wanted[{file.side, file.layer}].insert({file.digest, file.size}).second;
    if (is_new) m_together += file.size;
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

 private:
  using Files = std::set<std::pair<hash::Digest, std::uint64_t>>;

  void read(const StoredImage& image, const tree::StoredLayer& layer, const Files& files);

  const base::Context& m_context;
  const StoredImage& m_from;
  const StoredImage& m_to;
  std::size_t m_shared;
  std::map<std::pair<WantedFile::Side, std::size_t>, Files> m_wanted;
  std::uint64_t m_together = 0;
  std::map<hash::Digest, std::string> m_contents;
};

void Contents::read(const StoredImage& image, const tree::StoredLayer& layer, const Files& files) {
  std::set<std::uint64_t> sizes;
  for (const auto& [digest, size] : files) sizes.insert(size);
  const auto tar = tree::open_layer(m_context, *image.store, layer);
  try {
    archive::TarReader reader(*tar, tree::name_of(layer, *image.store),
                              archive::TarReader::Sparse::expand);
    while (const auto entry = reader.next()) {
      m_context.check();
      if (entry->type != archive::EntryType::file || !sizes.contains(entry->size)) continue;
      std::string content = base::read_all(reader.content(), entry->size, "a file");
      hash::Digest digest = hash::Digest::of(content);
      if (files.contains({digest, entry->size}))
        m_contents.insert_or_assign(std::move(digest), std::move(content));
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
  contents.read();
  add_diffs(contents, compared);
  add_notices(context, contents, compared);
}

}  // namespace pinnace::sides
