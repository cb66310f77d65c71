#include "compress/chunk_cache.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "files/file.hpp"
#include "hash/key_hasher.hpp"

namespace pinnace::compress {

namespace fs = std::filesystem;
using base::Bytes;

namespace {

constexpr std::string_view k_key_file = "key";
constexpr std::size_t k_checksum_size = 4;
constexpr std::size_t k_header_size = sizeof(hash::Gmac::Tag) + k_checksum_size;

using Checksum = std::array<std::byte, k_checksum_size>;

Checksum to_bytes(std::uint32_t checksum) {
  Checksum bytes;
  for (unsigned i = 0; i < bytes.size(); ++i) bytes[i] = std::byte(checksum >> (8 * i) & 0xff);
  return bytes;
}

std::uint32_t to_checksum(Bytes bytes) {
  std::uint32_t checksum = 0;
  for (unsigned i = 0; i < k_checksum_size; ++i)
    checksum |= std::to_integer<std::uint32_t>(bytes[i]) << (8 * i);
  return checksum;
}

/// Made where it is missing or damaged; what another key has named is never found.
hash::Gmac open_key(const fs::path& directory) {
  files::make_directories(directory);
  std::error_code error;
  fs::permissions(directory, fs::perms::owner_all, error);
  const fs::path path = directory / k_key_file;
  const auto read = [&] { return files::read_file_or_empty(path, hash::Gmac::k_key_size); };
  std::string key = read();
  if (key.size() != hash::Gmac::k_key_size) {
    files::AtomicFile file(path, 0600);
    file.write(hash::Gmac::make_key());
    file.commit();
    key = read();  // of several that make one, the last one's counts
  }
  return hash::Gmac(base::as_bytes(key));
}

}  // namespace

ChunkCache::ChunkCache(fs::path directory, Reuse reuse)
    : m_directory(std::move(directory)), m_reuse(reuse), m_gmac(open_key(m_directory)) {}

std::string ChunkCache::name(std::string_view encoder, Bytes input) const {
  hash::KeyHasher hasher;
  hasher.add(encoder);
  hasher.add(std::uint64_t{input.size()});
  hasher.add(base::as_text(m_gmac.of({input})));
  return std::string(hasher.finish().hex());
}

hash::Gmac::Tag ChunkCache::seal(const std::string& name, Bytes checksum, Bytes data) const {
  return m_gmac.of({base::as_bytes(name), checksum, data});
}

std::optional<ChunkCache::Compressed> ChunkCache::find(const std::string& name,
                                                       std::span<std::byte> output) {
  if (m_reuse == Reuse::no) return std::nullopt;
  const fs::path path = m_directory / name;
  try {
    files::FileSource file(path);
    std::array<std::byte, k_header_size> header{};
    if (base::read_full(file, header) != header.size()) return std::nullopt;
    const std::size_t size = base::read_full(file, output);
    std::array<std::byte, 1> more{};
    if (file.read(more) != 0) return std::nullopt;
    const Bytes checksum = Bytes(header).last(k_checksum_size);
    const hash::Gmac::Tag tag = seal(name, checksum, Bytes(output).first(size));
    if (!std::equal(tag.begin(), tag.end(), header.begin())) return std::nullopt;
    std::error_code gone;
    fs::last_write_time(path, fs::file_time_type::clock::now(), gone);
    ++m_reused;
    return Compressed{size, to_checksum(checksum)};
  } catch (const base::Error&) {
    return std::nullopt;
  }
}

void ChunkCache::put(const std::string& name, Bytes compressed, std::uint32_t checksum) {
  if (m_broken) return;
  try {
    const Checksum bytes = to_bytes(checksum);
    files::AtomicFile file(m_directory / name, 0600);
    file.write(seal(name, bytes, compressed));
    file.write(bytes);
    file.write(compressed);
    file.commit(files::AtomicFile::Existing::replace, files::AtomicFile::Flush::no);
    ++m_kept;
  } catch (const base::Error& error) {
    const std::lock_guard lock(m_mutex);
    if (!m_broken.exchange(true)) m_problem = error.what();
  }
}

std::optional<std::string> ChunkCache::problem() const {
  const std::lock_guard lock(m_mutex);
  return m_problem;
}

files::Collected ChunkCache::collect(const fs::path& directory, const files::Keep& keep) {
  return files::collect_cache_files(directory, keep);
}

}  // namespace pinnace::compress
