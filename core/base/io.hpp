#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace pinnace::base {

using Bytes = std::span<const std::byte>;

inline Bytes as_bytes(std::string_view text) noexcept {
  return std::as_bytes(std::span(text.data(), text.size()));
}
inline std::string_view as_text(Bytes bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A stream of bytes that is read once, front to back.
class Source {
 public:
  virtual ~Source() = default;
  /// Reads 1 to buffer.size() bytes to the front of `buffer` and returns how many; 0 only at the
  /// end (or for an empty buffer). Throws Error; after that the source is of no more use.
  virtual std::size_t read(std::span<std::byte> buffer) = 0;
};

/// Makes a fresh Source at the first byte; may be called again when a transfer starts over.
using OpenSource = std::function<std::unique_ptr<Source>()>;

/// Takes a stream of bytes. Whoever owns the sink knows when the stream is complete.
class Sink {
 public:
  virtual ~Sink() = default;
  /// Takes all of `bytes`. Throws Error; after that the sink is of no more use.
  virtual void write(Bytes bytes) = 0;
};

/// Reads borrowed memory.
class MemorySource final : public Source {
 public:
  explicit MemorySource(Bytes bytes) : m_rest(bytes) {}
  std::size_t read(std::span<std::byte> buffer) override;

 private:
  Bytes m_rest;
};

/// Reads memory that it owns.
class StringSource final : public Source {
 public:
  explicit StringSource(std::string text) : m_text(std::move(text)), m_source(as_bytes(m_text)) {}
  StringSource(const StringSource&) = delete;
  StringSource& operator=(const StringSource&) = delete;
  std::size_t read(std::span<std::byte> buffer) override { return m_source.read(buffer); }

 private:
  std::string m_text;
  MemorySource m_source;
};

/// Collects what is written.
class StringSink final : public Sink {
 public:
  void write(Bytes bytes) override { m_text.append(as_text(bytes)); }
  const std::string& text() const noexcept { return m_text; }
  std::string take() { return std::move(m_text); }

 private:
  std::string m_text;
};

/// Passes everything on to two sinks, the first one first.
class TeeSink final : public Sink {
 public:
  TeeSink(Sink& first, Sink& second) : m_first(first), m_second(second) {}
  void write(Bytes bytes) override {
    m_first.write(bytes);
    m_second.write(bytes);
  }

 private:
  Sink& m_first;
  Sink& m_second;
};

/// Moves everything from `source` to `sink` through a buffer of 128 KiB; returns the bytes moved.
std::uint64_t copy(Source& source, Sink& sink);

/// Reads to the end. Throws invalid_input, naming `what`, as soon as there are more than `limit`
/// bytes.
std::string read_all(Source& source, std::size_t limit, std::string_view what);

/// Fills `buffer` as far as the source reaches; returns the bytes read, less than asked only at the
/// end.
std::size_t read_full(Source& source, std::span<std::byte> buffer);

}  // namespace pinnace::base
