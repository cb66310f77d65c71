#include "archive/tar_reader.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "archive/pax.hpp"
#include "archive/sparse.hpp"
#include "archive/tar_format.hpp"
#include "archive/tar_header.hpp"
#include "archive/tar_writer.hpp"
#include "base/error.hpp"
#include "base/quote.hpp"

namespace pinnace::archive {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t k_skip_buffer = 64 * 1024;

/// What headers before an entry say about it.
struct Extensions {
  std::optional<std::string> name;       ///< GNU 'L'
  std::optional<std::string> link_name;  ///< GNU 'K'
  std::optional<PaxRecords> records;     ///< PAX 'x'
  bool any() const noexcept { return name || link_name || records; }
};

std::optional<EntryType> entry_type(char flag) noexcept {
  switch (flag) {
    case '0':
    case '\0':
    case '7':  // contiguous: an ordinary file to us, as POSIX allows
    case 'S':  // GNU's old sparse files
      return EntryType::file;
    case '1':
      return EntryType::hardlink;
    case '2':
      return EntryType::symlink;
    case '3':
      return EntryType::character_device;
    case '4':
      return EntryType::block_device;
    case '5':
    case 'D':  // with the names that were in it (GNU tar -g), which others say, too
      return EntryType::directory;
    case '6':
      return EntryType::fifo;
    default:
      return std::nullopt;
  }
}

EntryType known_entry_type(char flag) {
  const auto type = entry_type(flag);
  if (type) return *type;
  throw Error(ErrorCode::unsupported, std::string("tar entry of type \"") +
                                          base::shown({&flag, 1}) +
                                          "\" (multi-volume or unknown) can't be read");
}

/// Once all is known: directories lose their slash, and only files have content (as Go's reader has
/// it, which is what registries and runtimes go by).
void settle(TarEntry& entry) {
  if (entry.type == EntryType::file && !entry.path.empty() && entry.path.back() == '/') {
    entry.type = EntryType::directory;  // v7 had no type for them
  }
  if (entry.type == EntryType::directory) {
    const std::size_t last = entry.path.find_last_not_of('/');
    if (last != std::string::npos) entry.path.resize(last + 1);
  }
  if (entry.type != EntryType::file) entry.size = 0;
  const bool link = entry.type == EntryType::symlink || entry.type == EntryType::hardlink;
  if (!link) entry.link_target.clear();
  if (entry.path.empty()) throw Error(ErrorCode::invalid_input, "tar entry without a path");
  if (link && entry.link_target.empty()) {
    throw Error(ErrorCode::invalid_input,
                "link \"" + base::shown(entry.path) + "\" without a target");
  }
  if (std::max(entry.path.size(), entry.link_target.size()) > TarReader::k_max_path) {
    throw Error(ErrorCode::invalid_input, "path or link target \"" + base::shown(entry.path) +
                                              "\" is longer than " +
                                              std::to_string(TarReader::k_max_path) + " bytes");
  }
}

}  // namespace

/// Also the Source of the current entry's content.
struct TarReader::State final : base::Source {
  State(base::Source& from, std::string name, Sparse mode)
      : source(from), what(std::move(name)), sparse(mode) {}

  std::size_t read(std::span<std::byte> buffer) override;
  std::size_t read_stored(std::span<std::byte> buffer);

  std::optional<TarEntry> next();
  std::optional<TarEntry> next_entry();
  bool read_block();
  void read_extension(const TarHeader& header, Extensions& extensions);
  void read_local_records(const std::string& content, Extensions& extensions) const;
  void read_global_records(const std::string& content);
  std::string read_meta_content(const TarHeader& header, std::size_t limit);
  TarEntry make_entry(const TarHeader& header, const Extensions& extensions) const;
  void begin_content(const TarHeader& header, const Extensions& extensions, TarEntry& entry);
  SparseMap read_sparse_map(bool old_format, const Extensions& extensions);
  void skip(std::uint64_t size);
  void skip_rest();
  [[noreturn]] static void fail_truncated(const char* where);

  base::Source& source;
  std::string what;
  Sparse sparse;
  std::uint64_t offset = 0;
  std::uint64_t header_offset = 0;  ///< of the entry that is being read, for messages
  std::uint64_t content_left = 0;   ///< of what is stored
  std::size_t padding = 0;
  std::optional<SparseContent> holes;  ///< of a sparse file
  bool ended = false;
  PaxRecords global;
  std::array<char, k_tar_block> block{};
  std::vector<std::byte> buffer = std::vector<std::byte>(k_skip_buffer);
};

void TarReader::State::fail_truncated(const char* where) {
  throw Error(ErrorCode::integrity, std::string("the archive ends within ") + where);
}

std::size_t TarReader::State::read(std::span<std::byte> to) {
  if (!holes) return read_stored(to);
  return holes->read(to, [this](std::span<std::byte> part) { return read_stored(part); });
}

std::size_t TarReader::State::read_stored(std::span<std::byte> to) {
  const std::size_t size = std::min<std::uint64_t>(to.size(), content_left);
  if (size == 0) return 0;
  const std::size_t got = source.read(to.first(size));
  offset += got;
  content_left -= got;
  if (got == 0) {
    base::with_context([this] { return what + ": byte " + std::to_string(offset); },
                       [] { fail_truncated("the content of an entry"); });
  }
  return got;
}

/// Reads a header block; false at the end of the stream.
bool TarReader::State::read_block() {
  const std::size_t got = base::read_full(source, std::as_writable_bytes(std::span(block)));
  offset += got;
  if (got != 0 && got != block.size()) fail_truncated("a header");
  return got != 0;
}

void TarReader::State::skip(std::uint64_t size) {
  while (size != 0) {
    const std::size_t part = std::min<std::uint64_t>(size, buffer.size());
    const std::size_t got = source.read(std::span(buffer).first(part));
    if (got == 0) fail_truncated("the content of an entry");
    offset += got;
    size -= got;
  }
}

void TarReader::State::skip_rest() {
  ended = true;
  while (const std::size_t got = source.read(buffer)) offset += got;
}

std::string TarReader::State::read_meta_content(const TarHeader& header, std::size_t limit) {
  if (header.size > limit) {
    throw Error(ErrorCode::invalid_input, "tar header extension of " + std::to_string(header.size) +
                                              " bytes; at most " + std::to_string(limit) +
                                              " are allowed");
  }
  std::string content(header.size, '\0');
  const auto bytes = std::as_writable_bytes(std::span(content.data(), content.size()));
  const std::size_t got = base::read_full(source, bytes);
  offset += got;
  if (got != content.size()) fail_truncated("a header extension");
  skip(tar_padding(content.size()));
  return content;
}

void TarReader::State::read_local_records(const std::string& content,
                                          Extensions& extensions) const {
  if (extensions.records) {
    throw Error(ErrorCode::invalid_input, "two PAX headers for one tar entry");
  }
  parse_pax_records(content, extensions.records.emplace());
}

void TarReader::State::read_global_records(const std::string& content) {
  parse_pax_records(content, global);
  check_global_records(global);
  std::size_t total = 0;
  for (const auto& [key, value] : global) total += key.size() + value.size();
  if (total > k_max_pax_header) {
    throw Error(ErrorCode::invalid_input, "PAX global headers are larger than " +
                                              std::to_string(k_max_pax_header) + " bytes");
  }
}

void TarReader::State::read_extension(const TarHeader& header, Extensions& extensions) {
  if (header.type == 'x') {
    return read_local_records(read_meta_content(header, k_max_pax_header), extensions);
  }
  if (header.type == 'g') return read_global_records(read_meta_content(header, k_max_pax_header));
  std::string name = read_meta_content(header, k_max_path + 1);
  name.resize(std::min(name.find('\0'), name.size()));
  auto& place = header.type == 'L' ? extensions.name : extensions.link_name;
  if (place) throw Error(ErrorCode::invalid_input, "two GNU long names for one tar entry");
  place = std::move(name);
}

TarEntry TarReader::State::make_entry(const TarHeader& header, const Extensions& extensions) const {
  TarEntry entry;
  entry.type = known_entry_type(header.type);
  entry.path = extensions.name.value_or(header.name);
  entry.link_target = extensions.link_name.value_or(header.link_name);
  entry.mode = header.mode;
  entry.uid = header.uid;
  entry.gid = header.gid;
  entry.size = header.size;
  entry.mtime = header.mtime;
  entry.device_major = header.device_major;
  entry.device_minor = header.device_minor;
  apply_pax_records(global, entry);
  if (extensions.records) apply_pax_records(*extensions.records, entry);
  settle(entry);
  return entry;
}

/// What says where the parts of a sparse file belong. `block` is the header.
SparseMap TarReader::State::read_sparse_map(bool old_format, const Extensions& extensions) {
  const auto next_block = [this] {
    if (!read_block()) fail_truncated("the map of a sparse file");
    return std::string_view(block.data(), block.size());
  };
  if (old_format) return read_gnu_sparse_map({block.data(), block.size()}, next_block);
  return read_pax_sparse_map(*extensions.records, [&] {
    if (content_left < k_tar_block) fail_truncated("the map of a sparse file");
    content_left -= k_tar_block;
    return next_block();
  });
}

void TarReader::State::begin_content(const TarHeader& header, const Extensions& extensions,
                                     TarEntry& entry) {
  content_left = header.type == 'D' ? header.size : entry.size;
  padding = tar_padding(content_left);
  holes.reset();
  const bool old_format = header.type == 'S';
  const bool by_records = extensions.records && is_sparse(*extensions.records);
  if (!old_format && !by_records) return;
  if (sparse == Sparse::refuse)
    throw Error(ErrorCode::unsupported, "sparse files can't be read here");
  const std::string_view magic(block.data() + k_magic.offset, k_magic.size);
  if (entry.type != EntryType::file || (old_format && (by_records || magic != k_gnu_magic)))
    throw Error(ErrorCode::invalid_input,
                "\"" + base::shown(entry.path) + "\" can't be a sparse file");
  SparseMap map = read_sparse_map(old_format, extensions);
  check_sparse_map(map, content_left);
  entry.size = map.size;
  holes.emplace(std::move(map));
}

std::optional<TarEntry> TarReader::State::next() {
  if (ended) return std::nullopt;
  return base::with_context(
      [this] { return what + ": tar entry at byte " + std::to_string(header_offset); },
      [this] { return next_entry(); });
}

std::optional<TarEntry> TarReader::State::next_entry() {
  skip(std::exchange(content_left, 0));
  skip(std::exchange(padding, 0));
  header_offset = offset;
  Extensions extensions;
  while (read_block()) {
    const std::string_view bytes(block.data(), block.size());
    if (is_zero_block(bytes)) {
      if (extensions.any()) fail_truncated("the headers of an entry");
      if (read_block() && !is_zero_block(bytes)) {
        throw Error(ErrorCode::invalid_input, "one block of zeros where two end an archive");
      }
      skip_rest();
      return std::nullopt;
    }
    const TarHeader header = parse_tar_header(bytes);
    if (std::string_view("xgLK").find(header.type) != std::string_view::npos) {
      read_extension(header, extensions);
      continue;
    }
    if (header.type == 'V') {  // the label of the archive (GNU tar -V)
      skip(header.size);
      skip(tar_padding(header.size));
      continue;
    }
    TarEntry entry = make_entry(header, extensions);
    begin_content(header, extensions, entry);
    return entry;
  }
  if (extensions.any()) fail_truncated("the headers of an entry");
  ended = true;
  return std::nullopt;
}

TarReader::TarReader(base::Source& source, std::string what, Sparse sparse)
    : m_state(std::make_unique<State>(source, std::move(what), sparse)) {}
TarReader::~TarReader() = default;

std::optional<TarEntry> TarReader::next() {
  return m_state->next();
}
base::Source& TarReader::content() {
  return *m_state;
}
bool TarReader::content_is_sparse() const noexcept {
  return m_state->holes.has_value();
}
std::uint64_t TarReader::offset() const noexcept {
  return m_state->offset;
}

}  // namespace pinnace::archive
