#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "base/context.hpp"
#include "base/io.hpp"

namespace pinnace::binaries {

/// Bytes that can be read anywhere, of a file or in memory. Whoever reads them is told what a
/// stranger wrote.
class RandomAccess {
 public:
  virtual ~RandomAccess() = default;
  virtual std::uint64_t size() const = 0;
  /// Reads from `offset` on; fewer bytes than asked only at the end. Throws io.
  virtual std::size_t read_at(std::uint64_t offset, std::span<std::byte> to) const = 0;
};

/// `size` bytes from `offset` on. Throws invalid_input if there are not so many; the caller has
/// bounded the size.
std::string read_range(const RandomAccess& file, std::uint64_t offset, std::size_t size);

class MemoryAccess final : public RandomAccess {
 public:
  explicit MemoryAccess(std::string bytes) : m_bytes(std::move(bytes)) {}
  std::uint64_t size() const override { return m_bytes.size(); }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> to) const override;

 private:
  std::string m_bytes;
};

/// A file, which must outlive it, that throws cancelled when it is read after a stop request: who
/// reads it here and there needs no other look at that.
class StoppableAccess final : public RandomAccess {
 public:
  StoppableAccess(const base::Context& context, const RandomAccess& file)
      : m_context(context), m_file(file) {}
  std::uint64_t size() const override { return m_file.size(); }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> to) const override {
    m_context.check();
    return m_file.read_at(offset, to);
  }

 private:
  const base::Context& m_context;
  const RandomAccess& m_file;
};

/// A part of a file, which must outlive it.
class PartAccess final : public RandomAccess {
 public:
  /// Throws invalid_input if the file does not have it.
  PartAccess(const RandomAccess& file, std::uint64_t offset, std::uint64_t size);
  std::uint64_t size() const override { return m_size; }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> to) const override;

 private:
  const RandomAccess& m_file;
  std::uint64_t m_offset;
  std::uint64_t m_size;
};

}  // namespace pinnace::binaries
