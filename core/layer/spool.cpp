#include "layer/spool.hpp"

#include <array>
#include <cerrno>
#include <cstdio>

#include "archive/path.hpp"
#include "archive/tar_reader.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "compress/compression.hpp"

namespace pinnace::layer {

using base::Error;
using base::ErrorCode;

Spool::Spool(const std::filesystem::path& parent, Limits limits)
    : m_scratch(parent), m_limits(limits) {}

std::shared_ptr<const base::Directory> Spool::directory() {
  const std::lock_guard guard(m_mutex);
  if (!m_directory) m_directory = std::make_shared<const base::Directory>(m_scratch.path());
  return m_directory;
}

FileContent Spool::add(const base::Context& context, base::Source& content) {
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
  while (const std::size_t size = content.read(buffer)) {
    context.check();
    if ((m_bytes += size) > m_limits.bytes)
      throw Error(ErrorCode::invalid_input,
                  "more than " + std::to_string(m_limits.bytes) + " bytes are unpacked");
    if (std::fwrite(buffer.data(), 1, size, file.get()) != size)
      base::throw_errno(errno, "write to " + directory->path().string());
  }
  if (std::fflush(file.get()) != 0)
    base::throw_errno(errno, "write to " + directory->path().string());
  return {directory, name, {}, {}, true};
}

FileContent Spool::add(const base::Context& context, std::string_view text) {
  base::MemorySource source(base::as_bytes(text));
  return add(context, source);
}

std::size_t ImageFiles::add_layer(std::shared_ptr<store::BlobStore> store, oci::Descriptor layer) {
  m_layers.push_back({std::move(store), std::move(layer)});
  return m_layers.size() - 1;
}

void ImageFiles::fetch(const base::Context& context,
                       const std::vector<const BaseTree::Node*>& nodes) {
  std::map<std::size_t, std::map<std::string, const BaseTree::Node*>> wanted;
  for (const BaseTree::Node* node : nodes) {
    const bool at_hand = node->content || m_fetched.contains({node->layer, node->source});
    if (node->type == archive::EntryType::file && !at_hand)
      wanted[node->layer][node->source] = node;
  }
  for (const auto& [layer, files] : wanted) fetch_from(context, layer, files);
}

void ImageFiles::fetch_from(const base::Context& context, std::size_t layer,
                            const std::map<std::string, const BaseTree::Node*>& wanted) {
  const auto& [store, blob] = m_layers.at(layer);
  const std::string what = "layer " + blob.digest.str() + " of " + store->where();
  context.log("unpacking " + what);
  const auto tar = compress::make_decompressor(context, store->open_blob(context, blob), what);
  archive::TarReader reader(*tar, what);
  // Of a path that an archive has twice, the last one counts.
  while (const auto entry = reader.next()) {
    if (entry->type != archive::EntryType::file) continue;
    const std::string path = archive::clean_path(entry->path);
    if (wanted.contains(path)) m_fetched[{layer, path}] = m_spool.add(context, reader.content());
  }
}

const FileContent& ImageFiles::content(const BaseTree::Node& node) const {
  if (node.content) return *node.content;
  const auto found = m_fetched.find({node.layer, node.source});
  if (found == m_fetched.end())
    throw Error(ErrorCode::internal, "/" + node.source + " was not fetched");
  return found->second;
}

}  // namespace pinnace::layer
