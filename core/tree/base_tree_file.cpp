#include <charconv>
#include <exception>
#include <string>

#include "base/error.hpp"
#include "files/file.hpp"
#include "hash/seal.hpp"
#include "tree/base_tree.hpp"

/// The file in which a base's paths are remembered: a line with the version, what is kept and the
/// number of nodes; then for each, in order, its path, the target of its link (empty: it is a
/// directory), and its mode, owner, group and time in decimal, each ended by a NUL, which no path
/// has. Where files are kept: the type. Where everything is kept: the size, the layer and the
/// number of the entry there, and the number of extended attributes, each with its name, the size
/// of its value and the value.
namespace pinnace::tree {

namespace {

constexpr std::string_view k_magic = "pinnace-base-tree 4 ";
constexpr std::string_view k_files = "files ";
constexpr std::string_view k_everything = "everything ";
constexpr std::size_t k_max_file = 512 * 1024 * 1024;

class Fields {
 public:
  explicit Fields(std::string_view text) : m_rest(text) {}

  bool at_end() const noexcept { return m_rest.empty(); }
  std::string_view text(char end = '\0') {
    const std::size_t size = m_rest.find(end);
    if (size == std::string_view::npos) fail();
    const std::string_view field = m_rest.substr(0, size);
    m_rest.remove_prefix(size + 1);
    return field;
  }
  std::string bytes(std::size_t size) {
    if (m_rest.size() < size) fail();
    std::string value(m_rest.substr(0, size));
    m_rest.remove_prefix(size);
    return value;
  }
  template <typename Integer>
  Integer number(char end = '\0') {
    const std::string_view field = text(end);
    Integer value{};
    const auto [stop, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc() || stop != field.data() + field.size()) fail();
    return value;
  }
  [[noreturn]] static void fail() {
    throw base::Error(base::ErrorCode::invalid_input, "damaged file of a base's directories");
  }

 private:
  std::string_view m_rest;
};

archive::EntryType entry_type(Fields& fields) {
  const auto number = fields.number<unsigned>();
  if (number > static_cast<unsigned>(archive::EntryType::fifo)) Fields::fail();
  return static_cast<archive::EntryType>(number);
}

}  // namespace

std::string BaseTree::to_text() const {
  std::string text(k_magic);
  if (m_keep == Keep::files) text += k_files;
  if (m_keep == Keep::everything) text += k_everything;
  text += std::to_string(m_nodes.size()) + '\n';
  const auto add = [&text](std::string_view field) { text.append(field).push_back('\0'); };
  for (const auto& [path, node] : m_nodes) {
    add(path);
    add(node.link_target);
    add(std::to_string(node.mode));
    add(std::to_string(node.uid));
    add(std::to_string(node.gid));
    add(std::to_string(node.mtime));
    if (m_keep == Keep::directories_and_links) continue;
    add(std::to_string(static_cast<unsigned>(node.type)));
    if (m_keep == Keep::files) continue;
    add(std::to_string(node.size));
    add(std::to_string(node.layer));
    add(std::to_string(node.entry));
    add(std::to_string(node.xattrs.size()));
    for (const auto& [name, value] : node.xattrs) {
      add(name);
      add(std::to_string(value.size()));
      text += value;
    }
  }
  return text;
}

BaseTree BaseTree::from_text(std::string_view text) {
  if (!text.starts_with(k_magic)) Fields::fail();
  text.remove_prefix(k_magic.size());
  BaseTree tree;
  if (text.starts_with(k_files)) {
    tree.m_keep = Keep::files;
    text.remove_prefix(k_files.size());
  } else if (text.starts_with(k_everything)) {
    tree.m_keep = Keep::everything;
    text.remove_prefix(k_everything.size());
  }
  Fields fields(text);
  const auto count = fields.number<std::size_t>('\n');
  for (std::size_t i = 0; i < count; ++i) {
    std::string path(fields.text());
    Node node;
    node.link_target = fields.text();
    if (!node.link_target.empty()) node.type = archive::EntryType::symlink;
    node.mode = fields.number<std::uint32_t>();
    node.uid = fields.number<std::uint64_t>();
    node.gid = fields.number<std::uint64_t>();
    node.mtime = fields.number<std::int64_t>();
    if (tree.m_keep != Keep::directories_and_links) node.type = entry_type(fields);
    if (tree.m_keep == Keep::everything) {
      node.size = fields.number<std::uint64_t>();
      node.layer = fields.number<std::size_t>();
      node.entry = fields.number<std::uint64_t>();
      for (auto rest = fields.number<std::size_t>(); rest > 0; --rest) {
        std::string name(fields.text());
        node.xattrs.emplace(std::move(name), fields.bytes(fields.number<std::size_t>()));
      }
    }
    tree.m_nodes.emplace_hint(tree.m_nodes.end(), std::move(path), std::move(node));
  }
  if (!fields.at_end() || tree.m_nodes.size() != count) Fields::fail();
  return tree;
}

BaseTree BaseTree::read_cached(const base::Context& context, store::BlobStore& store,
                               const std::vector<StoredLayer>& layers,
                               const std::filesystem::path& cache_file, Keep keep) {
  const std::string name = cache_file.filename().string();
  try {
    const std::string whole = files::read_file(cache_file, k_max_file);
    if (const auto text = hash::unsealed(name, whole)) {
      BaseTree tree = from_text(*text);
      if (tree.m_keep == keep) return tree;
    }
  } catch (
      const std::exception&) {  // NOLINT(bugprone-empty-catch): a cache that is no use is no error
  }
  BaseTree tree = read(context, store, layers, keep);
  try {
    files::write_cache_file(cache_file, hash::sealed(name, tree.to_text()));
  } catch (const std::exception& error) {
    context.warn("cannot remember the base's directories: " + std::string(error.what()));
  }
  return tree;
}

}  // namespace pinnace::tree
