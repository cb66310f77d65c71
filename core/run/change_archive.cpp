#include "run/change_archive.hpp"

#include <algorithm>

#include "archive/path.hpp"
#include "archive/tar_reader.hpp"
#include "base/error.hpp"

namespace pinnace::run {

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

layer::FileTree read_changes(const base::Context& context, base::Source& archive,
                             layer::Spool& spool) {
  layer::FileTree tree;
  archive::TarReader reader(archive, "changes of the container");
  while (auto entry = reader.next()) {
    entry->path = archive::clean_path(entry->path);
    if (entry->path.empty()) continue;
    layer::TreeEntry made{*std::move(entry), {}};
    if (made.header.type == archive::EntryType::file)
      made.content = spool.add(context, reader.content());
    if (made.header.type == archive::EntryType::hardlink) {
      const layer::TreeEntry* first = tree.find(made.header.link_target);
      if (first == nullptr)
        throw Error(ErrorCode::internal, made.header.path + " is a link to what was not sent");
      layer::TreeEntry target = *first;  // sharing its content makes it a link
      target.header.path = made.header.path;
      made = std::move(target);
    }
    tree.add(std::move(made));
  }
  return tree;
}

}  // namespace pinnace::run
