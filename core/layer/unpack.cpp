#include "layer/unpack.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>

#include "archive/entry_path.hpp"
#include "archive/tar_header.hpp"
#include "archive/tar_reader.hpp"
#include "archive/tar_writer.hpp"
#include "base/error.hpp"
#include "base/quote.hpp"
#include "compress/compression.hpp"
#include "layer/devices.hpp"
#include "layer/unpacked_tree.hpp"
#include "store/verified.hpp"
#include "tree/layer_placement.hpp"
#include "tree/whiteout.hpp"

namespace pinnace::layer {

using archive::EntryType;
using base::Error;
using base::ErrorCode;

namespace {

using Block = std::array<std::byte, archive::k_tar_block>;

/// Compressions that archives come in and that nothing here can undo.
struct OtherCompression {
  std::string_view magic;
  const char* name;
};
constexpr std::array<OtherCompression, 5> k_others = {{{"LZIP", "lzip"},
                                                       {"\x04\x22\x4d\x18", "lz4"},
                                                       {"\x89LZO", "lzop"},
                                                       {"\x1f\x9d", "compress"},
                                                       {{"\x5d\0\0", 3}, "lzma"}}};

/// By the end of `what`, which may stand in quotes.
bool is_named_as_archive(std::string_view what) {
  std::string_view name = tree::base_name(what);
  if (name.ends_with('"')) name.remove_suffix(1);
  if (name.find(".tar.") != std::string_view::npos) return true;
  constexpr std::array<std::string_view, 9> k_endings = {".tar", ".tgz",  ".taz", ".txz", ".tlz",
                                                         ".tbz", ".tbz2", ".tb2", ".tzst"};
  return std::any_of(k_endings.begin(), k_endings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

/// A file that is not named as an archive may be compressed by anything: it stays as it is.
void check_compression(std::string_view start, const std::string& what) {
  if (!is_named_as_archive(what)) return;
  for (const OtherCompression& other : k_others) {
    if (!start.starts_with(other.magic)) continue;
    throw Error(ErrorCode::unsupported,
                what + " is compressed by " + other.name +
                    ", which ADD does not unpack; use gzip, zstd, xz or bzip2, or "
                    "--unpack=false");
  }
}

/// The first block of what a file holds; nullopt if that is less, or damaged in a file that may be
/// no archive.
std::optional<Block> first_block(const base::Context& context, const OpenFile& open,
                                 const std::string& what) {
  Block block{};
  try {
    const auto plain = compress::make_decompressor(context, open(), what);
    if (base::read_full(*plain, block) != block.size()) return std::nullopt;
    return block;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::integrity || is_named_as_archive(what)) throw;
    context.warn(error.message() + "; the file is copied as it is");
    return std::nullopt;
  }
}

bool is_header(std::string_view block) {
  if (archive::is_zero_block(block)) return false;
  try {
    (void)archive::parse_tar_header(block);
    return true;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::integrity || error.code() == ErrorCode::invalid_input)
      return false;
    throw;
  }
}

/// Decoders give damaged bytes before they find that they are damaged: that throws here.
void tell_no_archive(const base::Context& context, const OpenFile& open, const std::string& what) {
  store::read_to_end(context, *compress::make_decompressor(context, open(), what));
  context.warn(what + " is named as an archive, and holds none; the file is copied as it is");
}

/// One archive on its way into a tree.
class Unpacking {
 public:
  Unpacking(tree::FileTree& tree, const base::Context& context, const tree::BaseTree& base,
            const std::string& to, Spool& spool)
      : m_context(context), m_spool(spool), m_tree(tree, base, to), m_placement(m_tree) {}

  void add(archive::TarEntry entry, base::Source& content);
  /// At the end: what was left out.
  void report(const std::string& what) const;

 private:
  void count(const archive::TarEntry& entry);
  void check_place(const std::string& path) const;
  void add_hardlink(archive::TarEntry entry);

  const base::Context& m_context;
  Spool& m_spool;
  UnpackedTree m_tree;
  tree::LayerPlacement m_placement;
  std::size_t m_names = 0;
};

/// Directories and links take nothing of the spool, but memory.
void Unpacking::count(const archive::TarEntry& entry) {
  m_names += entry.path.size() + entry.link_target.size();
  for (const auto& [name, value] : entry.xattrs) m_names += name.size() + value.size();
  if (m_tree.size() >= m_spool.limits().files)
    throw Error(ErrorCode::invalid_input, "more than " + std::to_string(m_spool.limits().files) +
                                              " files and directories are unpacked");
  if (m_names > m_spool.limits().names)
    throw Error(ErrorCode::invalid_input, "names and attributes of more than " +
                                              std::to_string(m_spool.limits().names) + " bytes");
}

/// Whether tar and other builders would place it: below a directory, or a link to a directory, of
/// the archive or the base.
void Unpacking::check_place(const std::string& path) const {
  for (std::string_view part = path; !part.empty(); part = tree::parent_path(part)) {
    if (tree::base_name(part).starts_with(tree::k_whiteout))
      throw Error(ErrorCode::invalid_input, base::shown(path) +
                                                ": names that start with .wh. mean deleted files "
                                                "in images");
  }
  const std::string above(tree::parent_path(path));
  if (m_tree.is_directory(above)) return;
  const auto refuse = [&](std::string_view part) {
    throw Error(ErrorCode::invalid_input,
                base::shown(m_tree.in_tree(path)) + " would be inside of " +
                    base::shown(m_tree.in_tree(std::string(part))) + ", which is no directory");
  };
  for (std::string part = above; !part.empty(); part = std::string(tree::parent_path(part))) {
    if (m_tree.look(part) && !m_tree.is_directory(m_placement.resolve(part))) refuse(part);
  }
  for (std::string part = m_placement.resolve(above); !part.empty();
       part = std::string(tree::parent_path(part))) {
    if (m_tree.look(part) && !m_tree.is_directory(part)) refuse(part);
  }
}

/// Another name of a file or link, or of a device that is left out. GNU tar makes one to the same
/// name of a file that it is given twice.
void Unpacking::add_hardlink(archive::TarEntry entry) {
  const std::string to = m_placement.target_of(entry);
  if (to == entry.path) return;
  if (m_tree.is_left_out(to)) return m_tree.leave_out(std::move(entry.path));
  const tree::TreeEntry* target = m_tree.find(to);
  if (target == nullptr || target->header.type == EntryType::directory)
    throw Error(ErrorCode::invalid_input, base::shown(entry.path) + " is a hard link to " +
                                              base::shown(entry.link_target) +
                                              ", where the archive has no file");
  tree::TreeEntry copy = *target;
  copy.header.path = std::move(entry.path);
  count(copy.header);  // with the target's attributes
  m_tree.add(std::move(copy));
}

void Unpacking::add(archive::TarEntry entry, base::Source& content) {
  m_context.check();
  count(entry);
  check_place(archive::entry_path(entry.path));
  auto place = m_placement.place(entry);
  if (!place) return;
  entry.path = *std::move(place);
  switch (entry.type) {
    case EntryType::hardlink:
      return add_hardlink(std::move(entry));
    case EntryType::file: {
      m_spool.check_room(entry.size);  // a sparse file says as much as it likes
      tree::FileContent spooled = m_spool.add(m_context, content);
      return m_tree.add({std::move(entry), std::move(spooled)});
    }
    case EntryType::character_device:
    case EntryType::block_device:
      return m_tree.leave_out(std::move(entry.path));
    case EntryType::directory:
    case EntryType::symlink:
      return m_tree.add({std::move(entry), {}});
    default:
      throw Error(ErrorCode::invalid_input, base::shown(entry.path) + " is a " +
                                                to_string(entry.type) +
                                                "; only files, directories and links are taken");
  }
}

void Unpacking::report(const std::string& what) const {
  std::set<std::string> devices;
  for (const std::string& path : m_tree.devices()) devices.insert(m_tree.in_tree(path));
  warn_of_devices(m_context, what, devices);
}

}  // namespace

bool is_archive(const base::Context& context, const OpenFile& open, const std::string& what) {
  std::array<std::byte, 8> start{};
  const std::size_t size = base::read_full(*open(), start);
  check_compression(base::as_text(base::Bytes(start).first(size)), what);
  const auto block = first_block(context, open, what);
  if (block && is_header(base::as_text(*block))) return true;
  // What is no archive is copied as the file that it is.
  if (is_named_as_archive(what)) tell_no_archive(context, open, what);
  return false;
}

void unpack(tree::FileTree& tree, const base::Context& context, base::Source& archive,
            const std::string& what, const tree::BaseTree& base, const std::string& to,
            Spool& spool) {
  archive::TarReader reader(archive, what, archive::TarReader::Sparse::expand);
  Unpacking unpacking(tree, context, base, to, spool);
  while (auto entry = reader.next()) {
    base::with_context([&] { return what; },
                       [&] { unpacking.add(*std::move(entry), reader.content()); });
  }
  unpacking.report(what);
}

}  // namespace pinnace::layer
