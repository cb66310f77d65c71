#include "layer/spool.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "archive/tar_reader.hpp"
#include "base/error.hpp"
#include "base/zeros.hpp"
#include "files/file.hpp"

namespace pinnace::layer {

using base::Error;
using base::ErrorCode;

Spool::Spool(const std::filesystem::path& parent, Limits limits)
    : m_scratch(parent), m_limits(limits) {}

std::shared_ptr<const files::Directory> Spool::directory() {
  const std::lock_guard guard(m_mutex);
  if (!m_directory) m_directory = std::make_shared<const files::Directory>(m_scratch.path());
  return m_directory;
}

void Spool::check_room(std::uint64_t bytes) const {
  const std::uint64_t taken = m_bytes;
  if (taken <= m_limits.bytes && bytes <= m_limits.bytes - taken) return;
  throw Error(ErrorCode::invalid_input,
              "more than " + std::to_string(m_limits.bytes) + " bytes are unpacked");
}

tree::FileContent Spool::add(const base::Context& context, base::Source& content) {
  const std::size_t number = ++m_files;
  if (number > m_limits.files)
    throw Error(ErrorCode::invalid_input,
                "more than " + std::to_string(m_limits.files) + " files are unpacked");
  const std::string name = std::to_string(number);
  const auto directory = this->directory();
  std::FILE* const opened = std::fopen((directory->path() / name).c_str(), "wbxe");
  if (opened == nullptr) base::throw_errno(errno, "create a file in " + directory->path().string());
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(opened, std::fclose);
  std::array<std::byte, 64 * 1024> buffer;
  std::uint64_t total = 0;
  while (const std::size_t size = content.read(buffer)) {
    context.check();
    total += size;
    m_bytes += size;
    check_room(0);
    // Zeros are left out, so that what is large for nothing fills no disk.
    if (base::is_zeros(base::Bytes(buffer).first(size))) {
      if (::fseeko(file.get(), static_cast<off_t>(size), SEEK_CUR) != 0)
        base::throw_errno(errno, "write to " + directory->path().string());
      continue;
    }
    if (std::fwrite(buffer.data(), 1, size, file.get()) != size)
      base::throw_errno(errno, "write to " + directory->path().string());
  }
  if (std::fflush(file.get()) != 0 ||
      ::ftruncate(::fileno(file.get()), static_cast<off_t>(total)) != 0)
    base::throw_errno(errno, "write to " + directory->path().string());
  // No file system has this device: whatever names this file once more is a hard link of it.
  constexpr std::uint64_t k_spool = ~std::uint64_t{0};
  return {directory, name, std::pair(k_spool, std::uint64_t{number}), {}, true};
}

tree::FileContent Spool::add(const base::Context& context, std::string_view text) {
  base::MemorySource source(base::as_bytes(text));
  return add(context, source);
}

std::size_t ImageFiles::add_layer(std::shared_ptr<store::BlobStore> store,
                                  tree::StoredLayer layer) {
  m_layers.push_back({std::move(store), std::move(layer)});
  return m_layers.size() - 1;
}

void ImageFiles::fetch(const base::Context& context,
                       const std::vector<const tree::BaseTree::Node*>& nodes) {
  std::map<std::size_t, std::set<std::uint64_t>> wanted;
  for (const tree::BaseTree::Node* node : nodes) {
    const bool at_hand = node->content || m_fetched.contains({node->layer, node->entry});
    if (node->type == archive::EntryType::file && !at_hand) wanted[node->layer].insert(node->entry);
  }
  for (const auto& [layer, entries] : wanted) fetch_from(context, layer, entries);
}

void ImageFiles::fetch_from(const base::Context& context, std::size_t number,
                            const std::set<std::uint64_t>& wanted) {
  const auto& [store, layer] = m_layers.at(number);
  const std::string what = tree::name_of(layer, *store);
  context.log("unpacking " + what);
  const auto tar = tree::open_layer(context, *store, layer);
  archive::TarReader reader(*tar, what, archive::TarReader::Sparse::expand);
  std::map<std::pair<std::size_t, std::uint64_t>, tree::FileContent> fetched;
  std::uint64_t entry = 0;
  for (auto header = reader.next(); header; header = reader.next(), ++entry) {
    if (!wanted.contains(entry)) continue;
    m_spool.check_room(header->size);  // a sparse file says as much as it likes
    fetched[{number, entry}] = m_spool.add(context, reader.content());
  }
  m_fetched.merge(fetched);  // of a layer that is what it should be
}

const tree::FileContent& ImageFiles::content(const tree::BaseTree::Node& node) const {
  if (node.content) return *node.content;
  const auto found = m_fetched.find({node.layer, node.entry});
  if (found == m_fetched.end())
    throw Error(ErrorCode::internal,
                "entry " + std::to_string(node.entry) + " of a layer was not fetched");
  return found->second;
}

}  // namespace pinnace::layer
