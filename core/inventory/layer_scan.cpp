#include "inventory/layer_scan.hpp"

#include <algorithm>
#include <optional>

#include "archive/entry_path.hpp"
#include "archive/tar_reader.hpp"
#include "base/error.hpp"
#include "base/shown.hpp"
#include "hash/hasher.hpp"
#include "store/verified.hpp"
#include "tree/whiteout.hpp"

namespace pinnace::inventory {

namespace {

using archive::EntryType;
using base::Error;
using base::ErrorCode;

constexpr std::size_t k_max_entries = 2'000'000;
constexpr std::uint64_t k_max_bytes = std::uint64_t{512} << 20;
constexpr std::uint64_t k_max_sparse = std::uint64_t{8} << 30;
constexpr std::size_t k_max_findings = 1000;
constexpr std::size_t k_max_problem = 500;
constexpr std::size_t k_of_entry = 200;  ///< beside its texts, about

std::size_t size_of(const packages::Package& package) {
  std::size_t size = 2 * k_of_entry + package.name.size() + package.version.size() +
                     package.group.size() + package.source.size() + package.inside.size();
  for (const std::string& licence : package.licences) size += licence.size();
  for (const packages::FilePath& file : package.files) size += k_of_entry / 4 + file.bytes.size();
  return size;
}

std::size_t size_of(const Document& document) {
  std::size_t size = k_of_entry;
  for (const packages::Package& package : document.packages) size += size_of(package);
  for (const packages::FilePath& file : document.files) size += k_of_entry / 4 + file.bytes.size();
  for (const std::string& licence : document.licences) size += licence.size();
  return size;
}

/// Problems of the text; all else is one of the machine, or of the one who asked.
bool is_of_content(const Error& error) noexcept {
  return error.code() == ErrorCode::invalid_input || error.code() == ErrorCode::unsupported ||
         error.code() == ErrorCode::integrity;
}

/// Knows whether it was the layer that failed, or who reads it.
class WatchedSource final : public base::Source {
 public:
  explicit WatchedSource(std::unique_ptr<base::Source> inner) : m_inner(std::move(inner)) {}
  std::size_t read(std::span<std::byte> buffer) override {
    m_failed = true;
    const std::size_t size = m_inner->read(buffer);
    m_failed = false;
    return size;
  }
  bool failed() const noexcept { return m_failed; }

 private:
  std::unique_ptr<base::Source> m_inner;
  bool m_failed = false;
};

}  // namespace

void LayerScan::add_finding(std::string_view path, std::string_view problem) {
  auto& findings = m_inventory.findings;
  if (findings.size() > k_max_findings) return;
  if (findings.size() == k_max_findings) {
    findings.push_back({{}, "and more findings, which are left out"});
    return;
  }
  findings.push_back(
      {{std::string(path)}, base::shortened(base::printable(problem), k_max_problem)});
}

bool LayerScan::has_room(std::size_t bytes) {
  if (m_is_full) return false;
  m_bytes += bytes;
  m_is_full = m_bytes > k_max_bytes || m_inventory.entries.size() >= k_max_entries;
  if (m_is_full)
    add_finding({}, "the layer has more entries than an inventory takes; the rest is left out");
  return !m_is_full;
}

void LayerScan::add(const archive::TarEntry& header, base::Source& content, Content kind) {
  if (!has_room(k_of_entry + header.path.size() + header.link_target.size())) return;
  Entry entry{header.type, {},         header.link_target, header.mode,
              header.uid,  header.gid, header.size,        {}};
  try {
    entry.path = archive::entry_path(header.path);
    (void)tree::read_whiteout(entry.path);
  } catch (const Error& error) {
    return add_finding(header.path, std::string("left out: ") + error.what());
  }
  if (entry.type != EntryType::file) {
    m_inventory.entries.push_back(std::move(entry));
    return;
  }
  if (kind == Content::sparse) {
    if (header.size > k_max_sparse - m_sparse) {
      add_finding(entry.path,
                  "not read: a sparse file of " + std::to_string(header.size) + " bytes");
      m_inventory.entries.push_back(std::move(entry));
      return;
    }
    m_sparse += header.size;
  }
  read_content(entry, content);
}

void LayerScan::read_content(Entry& entry, base::Source& content) {
  auto kind = kind_by_path(entry.path);
  hash::Hasher hasher;
  m_file.clear();
  for (bool first = true;; first = false) {
    const std::size_t size =
        first ? base::read_full(content, std::span(m_buffer).first(
                                             std::min<std::uint64_t>(entry.size, m_buffer.size())))
              : content.read(m_buffer);
    if (size == 0) break;
    const base::Bytes bytes = base::Bytes(m_buffer).first(size);
    hasher.write(bytes);
    if (first && !kind) kind = kind_by_content(bytes);
    if (kind && entry.size <= most_of(*kind)) m_file.write(bytes);
  }
  entry.digest = hasher.finish();
  m_inventory.entries.push_back(std::move(entry));
  if (kind) add_document(*kind, m_inventory.entries.back());
}

void LayerScan::add_document(DocumentKind kind, const Entry& entry) {
  const auto fail = [&](std::string_view problem) {
    add_finding(entry.path, "could not be read: " + std::string(problem));
  };
  if (entry.size > most_of(kind)) return fail(why_not_read(kind));
  std::vector<std::string> problems;
  std::optional<Document> document;
  try {
    document = read_document(kind, entry.path, m_file, problems);
  } catch (const Error& error) {
    if (!is_of_content(error)) throw;
    problems.emplace_back(error.what());
  }
  for (const std::string& problem : problems) fail(problem);
  if (!document || !has_room(size_of(*document))) return;
  document->entry = m_inventory.entries.size() - 1;
  m_inventory.documents.push_back(*std::move(document));
}

LayerInventory LayerScan::take(const hash::Digest& diff_id) {
  m_inventory.diff_id = diff_id.str();
  return std::move(m_inventory);
}

LayerInventory scan_layer(const base::Context& context, store::BlobStore& store,
                          const tree::StoredLayer& layer) {
  const std::string what = tree::name_of(layer, store);
  context.log("reading " + what);
  WatchedSource tar(tree::open_layer(context, store, layer));
  LayerScan scan(context);
  try {
    archive::TarReader reader(tar, what, archive::TarReader::Sparse::expand);
    while (const auto entry = reader.next()) {
      context.check();
      scan.add(
          *entry, reader.content(),
          reader.content_is_sparse() ? LayerScan::Content::sparse : LayerScan::Content::stored);
    }
  } catch (const Error& error) {
    if (tar.failed() || !is_of_content(error)) throw;
    scan.add_finding({}, std::string("the rest of the layer could not be read: ") + error.what());
    store::read_to_end(context, tar);
  }
  return scan.take(layer.diff_id);
}

}  // namespace pinnace::inventory
