#include "helper/change_archive.hpp"

#include <algorithm>

#include "archive/entry_path.hpp"
#include "archive/tar_reader.hpp"
#include "base/error.hpp"
#include "tree/entry_budget.hpp"

namespace pinnace::helper {

using base::Error;
using base::ErrorCode;

std::size_t ChangeArchive::read(std::span<std::byte> buffer) {
  while (m_used == m_part.size()) {
    if (m_result) return 0;
    Frame frame = m_operation.next();
    if (frame.type == FrameType::result) m_result = std::move(frame.payload);
    if (frame.type != FrameType::change) continue;
    m_part = std::move(frame.payload);
    m_used = 0;
  }
  const std::size_t size = std::min(buffer.size(), m_part.size() - m_used);
  std::copy_n(m_part.data() + m_used, size, reinterpret_cast<char*>(buffer.data()));
  m_used += size;
  return size;
}

namespace {

constexpr const char* k_what = "what RUN changed";

/// A hard link has all that its first name has, but that, in the layer and here.
tree::TreeEntry linked(const tree::FileTree& tree, const archive::TarEntry& link) {
  const tree::TreeEntry* first = tree.find(link.link_target);
  if (first == nullptr)
    throw Error(ErrorCode::internal, link.path + " is a link to what was not sent");
  tree::TreeEntry made = *first;  // sharing its content makes it a link
  made.header.path = link.path;
  return made;
}

}  // namespace

tree::FileTree read_changes(const base::Context& context, base::Source& archive,
                            layer::Spool& spool) {
  tree::FileTree tree;
  archive::TarReader reader(archive, "changes of the container");
  tree::EntryBudget budget;
  while (auto entry = reader.next()) {
    entry->path = archive::entry_path(entry->path);
    if (entry->path.empty()) continue;
    const bool is_link = entry->type == archive::EntryType::hardlink;
    tree::TreeEntry made = is_link ? linked(tree, *entry) : tree::TreeEntry{*entry, {}};
    const archive::TarEntry& header = made.header;
    budget.take(header.path, header.link_target, header.xattrs, k_what);
    if (tree.entries().size() >= tree::k_max_layer_entries)
      throw Error(ErrorCode::invalid_input,
                  std::string(k_what) + " has more than 2,000,000 entries");
    if (entry->type == archive::EntryType::file) {
      base::with_context([&] { return "/" + header.path; }, [&] { spool.check_room(header.size); });
      made.content = spool.add(context, reader.content());
    }
    tree.add(std::move(made));
  }
  return tree;
}

}  // namespace pinnace::helper
