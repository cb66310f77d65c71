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
constexpr std::uint64_t k_max_document_bytes = std::uint64_t{160} << 20;
constexpr std::size_t k_max_findings = 1000;
constexpr std::size_t k_max_problem = 500;
constexpr std::size_t k_of_entry = 200;  ///< beside its texts, about

/// Problems of the text; all else is one of the machine, or of the one who asked.
bool is_of_content(const Error& error) noexcept {
  return error.code() == ErrorCode::invalid_input || error.code() == ErrorCode::unsupported ||
         error.code() == ErrorCode::integrity;
}

bool is_whiteout(const Entry& entry) {
  return tree::read_whiteout(entry.path).has_value();
}

/// Without the path, which has to be looked at.
Entry entry_of(const archive::TarEntry& header) {
  Entry entry{header.type, {},         header.link_target, header.mode,
              header.uid,  header.gid, header.size,        {}};
  entry.device_major = header.device_major;
  entry.device_minor = header.device_minor;
  for (const auto& [name, value] : header.xattrs) entry.xattrs.emplace(name, shown_xattr(value));
  return entry;
}

/// In memory, about.
std::size_t size_of(const Entry& entry) {
  std::size_t size = k_of_entry + entry.link_target.size();
  for (const auto& [name, value] : entry.xattrs) size += k_of_entry + name.size() + value.size();
  return size;
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

LayerScan::LayerScan(const base::Context& context, std::vector<Wish> wishes) : LayerScan(context) {
  std::sort(wishes.begin(), wishes.end());
  for (const Wish& wish : wishes)
    m_inventory.entries.push_back(
        {.type = EntryType::hardlink, .path = wish.path, .link_target = wish.path});
  m_wishes = std::move(wishes);
}

/// When a layer is read again, all but what is wished for was found before.
void LayerScan::add_finding(std::string_view path, std::string_view problem) {
  if (!m_wishes) find(path, problem);
}

void LayerScan::find(std::string_view path, std::string_view problem) {
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
  m_is_full = m_bytes > k_max_bytes || m_count >= k_max_entries;
  if (m_is_full)
    add_finding({}, "the layer has more entries than an inventory takes; the rest is left out");
  return !m_is_full;
}

void LayerScan::add(const archive::TarEntry& header, base::Source& content, Content kind) {
  Entry entry = entry_of(header);
  if (!has_room(size_of(entry) + header.path.size())) return;
  try {
    entry.path = archive::entry_path(header.path);
    (void)tree::read_whiteout(entry.path);
  } catch (const Error& error) {
    return add_finding(header.path, std::string("left out: ") + error.what());
  }
  if (entry.type == EntryType::file && !is_left_out(entry, kind)) read_content(entry, content);
  if (!m_wishes) m_inventory.entries.push_back(std::move(entry));
  ++m_count;
}

bool LayerScan::is_left_out(const Entry& entry, Content kind) {
  if (kind != Content::sparse) return false;
  if (entry.size > k_max_sparse - m_sparse) {
    add_finding(entry.path, "not read: a sparse file of " + std::to_string(entry.size) + " bytes");
    return true;
  }
  m_sparse += entry.size;
  return false;
}

std::vector<LayerScan::Reading> LayerScan::readings_of(const Entry& entry) const {
  std::vector<Reading> readings;
  if (m_wishes) {
    const auto first =
        std::lower_bound(m_wishes->begin(), m_wishes->end(), m_count,
                         [](const Wish& wish, std::uint64_t entry) { return wish.entry < entry; });
    for (auto wish = first; wish != m_wishes->end() && wish->entry == m_count; ++wish)
      readings.push_back(
          {wish->kind, wish->path, static_cast<std::uint64_t>(wish - m_wishes->begin())});
  } else if (const auto kind = kind_by_path(entry.path); kind && !is_whiteout(entry)) {
    readings.push_back({*kind, entry.path, m_count});
  }
  return readings;
}

void LayerScan::read_content(Entry& entry, base::Source& content) {
  std::vector<Reading> readings = readings_of(entry);
  if (m_wishes && readings.empty()) return;
  if (m_wishes) {
    for (const Reading& one : readings) m_inventory.entries[one.entry].link_target = entry.path;
  }
  const auto keeps = [&](const Reading& one) { return entry.size <= most_of(one.kind); };
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
    if (const auto kind = kind_by_content(bytes);
        first && kind && readings.empty() && !is_whiteout(entry))
      readings.push_back({*kind, entry.path, m_count});
    if (std::any_of(readings.begin(), readings.end(), keeps)) m_file.write(bytes);
  }
  entry.digest = hasher.finish();
  for (const Reading& reading : readings) add_document(reading, entry.size);
}

void LayerScan::add_document(const Reading& reading, std::uint64_t size) {
  const auto fail = [&](std::string_view problem) {
    find(reading.path, "could not be read: " + std::string(problem));
  };
  if (size > most_of(reading.kind)) return fail(why_not_read(reading.kind));
  std::vector<std::string> problems;
  std::optional<Document> document;
  try {
    document = read_document(m_context, reading.kind, reading.path, m_file, problems);
  } catch (const Error& error) {
    if (!is_of_content(error)) throw;
    problems.emplace_back(error.what());
  }
  for (const std::string& problem : problems) fail(problem);
  if (!document) return;
  const std::size_t bytes = size_of(*document);
  if (bytes > k_max_document_bytes - m_document_bytes)
    return fail("the layer's documents say more than an inventory takes");
  m_document_bytes += bytes;
  document->entry = reading.entry;
  m_inventory.documents.push_back(*std::move(document));
}

LayerInventory LayerScan::take(const hash::Digest& diff_id) {
  m_inventory.diff_id = diff_id.str();
  return std::move(m_inventory);
}

namespace {

LayerInventory scan(const base::Context& context, store::BlobStore& store,
                    const tree::StoredLayer& layer, LayerScan scan) {
  const std::string what = tree::name_of(layer, store);
  context.log("reading " + what);
  WatchedSource tar(tree::open_layer(context, store, layer));
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

}  // namespace

LayerInventory scan_layer(const base::Context& context, store::BlobStore& store,
                          const tree::StoredLayer& layer) {
  return scan(context, store, layer, LayerScan(context));
}

LayerInventory scan_layer(const base::Context& context, store::BlobStore& store,
                          const tree::StoredLayer& layer, std::vector<Wish> wishes) {
  return scan(context, store, layer, LayerScan(context, std::move(wishes)));
}

}  // namespace pinnace::inventory
