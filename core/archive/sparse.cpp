#include "archive/sparse.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "archive/tar_format.hpp"
#include "archive/tar_header.hpp"
#include "base/error.hpp"
#include "base/quote.hpp"

namespace pinnace::archive {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t k_max_digits = 20;  // of 2^64

[[noreturn]] void refuse(const std::string& problem) {
  throw Error(ErrorCode::invalid_input, "sparse file in a tar archive: " + problem);
}

void add_part(SparseMap& map, std::uint64_t offset, std::uint64_t size) {
  if (map.parts.size() == k_max_sparse_parts)
    refuse("more than " + std::to_string(k_max_sparse_parts) + " parts");
  map.parts.push_back({offset, size});
}

/// Up to `count` pairs of numbers of 12 bytes from `offset` on; the first without digits ends them.
void add_gnu_parts(std::string_view block, std::size_t offset, std::size_t count, SparseMap& map) {
  for (; count != 0 && block[offset] != '\0'; --count, offset += 24) {
    add_part(map, parse_tar_size(block, "sparse offset", {offset, 12}),
             parse_tar_size(block, "sparse size", {offset + 12, 12}));
  }
}

std::uint64_t to_number(std::string_view text) {
  const auto number = parse_decimal_size(text);
  if (!number) refuse("\"" + base::shown(text.substr(0, k_max_digits)) + "\" is no decimal number");
  return *number;
}

std::optional<std::string_view> find(const PaxRecords& records, std::string_view key) {
  const auto found = records.find(key);
  return found == records.end() ? std::nullopt : std::optional<std::string_view>(found->second);
}

/// "offset,size,offset,size".
void add_parts(std::string_view text, SparseMap& map) {
  const auto next = [&] {
    if (text.empty()) refuse("a part without a size");
    const std::string_view number = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), number.size() + 1));
    return to_number(number);
  };
  while (!text.empty()) {
    const std::uint64_t offset = next();
    add_part(map, offset, next());
  }
}

/// Numbers that stand in lines of their own in blocks of the content.
class NumberLines {
 public:
  explicit NumberLines(const NextBlock& next) : m_next(next) {}
  std::uint64_t read() {
    std::string line;
    for (;;) {
      if (m_rest.empty()) m_rest = m_next();
      const std::size_t end = m_rest.find('\n');
      line += m_rest.substr(0, end);
      if (line.size() > k_max_digits) to_number(line + "x");
      if (end != std::string_view::npos) {
        m_rest.remove_prefix(end + 1);
        return to_number(line);
      }
      m_rest = {};
    }
  }

 private:
  const NextBlock& m_next;
  std::string_view m_rest;
};

}  // namespace

SparseMap read_gnu_sparse_map(std::string_view header, const NextBlock& next) {
  SparseMap map;
  map.size = parse_tar_size(header, "real size", k_gnu_real_size);
  add_gnu_parts(header, k_gnu_sparse, 4, map);
  bool more = header[k_gnu_sparse_more] != '\0';
  while (more) {
    const std::string_view block = next();
    add_gnu_parts(block, 0, 21, map);
    more = block[k_gnu_sparse_block_more] != '\0';
  }
  return map;
}

bool is_sparse(const PaxRecords& records) {
  const auto found = records.lower_bound(k_sparse_prefix);
  return found != records.end() && std::string_view(found->first).starts_with(k_sparse_prefix);
}

SparseMap read_pax_sparse_map(const PaxRecords& records, const NextBlock& next) {
  SparseMap map;
  auto size = find(records, "GNU.sparse.realsize");
  if (!size) size = find(records, "GNU.sparse.size");
  if (!size) refuse("expected its size");
  map.size = to_number(*size);
  const std::string format = std::string(find(records, "GNU.sparse.major").value_or("0")) + "." +
                             std::string(find(records, "GNU.sparse.minor").value_or("0"));
  if (format == "1.0") {
    NumberLines lines(next);
    for (std::uint64_t parts = lines.read(); parts != 0; --parts) {
      const std::uint64_t offset = lines.read();
      add_part(map, offset, lines.read());
    }
    return map;
  }
  if (format != "0.0" && format != "0.1")
    throw Error(ErrorCode::unsupported,
                "sparse file of the format " + base::shown(format) + " can't be read");
  add_parts(find(records, k_sparse_map).value_or(""), map);
  const auto count = find(records, "GNU.sparse.numblocks");
  if (count && to_number(*count) != map.parts.size()) refuse("the number of its parts is wrong");
  return map;
}

void check_sparse_map(const SparseMap& map, std::uint64_t stored) {
  if (map.size > k_max_tar_size) refuse("its size has more than 63 bits");
  std::uint64_t end = 0;
  std::uint64_t total = 0;
  for (const SparseMap::Part& part : map.parts) {
    if (part.offset < end) refuse("its parts overlap or are not in order");
    if (part.offset > map.size || part.size > map.size - part.offset)
      refuse("a part is beyond its end");
    end = part.offset + part.size;
    total += part.size;
  }
  if (total != stored)
    refuse("its parts have " + std::to_string(total) + " bytes, but " + std::to_string(stored) +
           " are stored");
}

std::size_t SparseContent::read(std::span<std::byte> to, const ReadStored& stored) {
  const auto end_of = [&](std::size_t part) {
    return m_map.parts[part].offset + m_map.parts[part].size;
  };
  while (m_part != m_map.parts.size() && m_position == end_of(m_part)) ++m_part;
  const bool behind = m_part == m_map.parts.size();
  const bool hole = behind || m_position < m_map.parts[m_part].offset;
  const std::uint64_t until = behind ? m_map.size
                              : hole ? m_map.parts[m_part].offset
                                     : end_of(m_part);
  const std::size_t size = std::min<std::uint64_t>(to.size(), until - m_position);
  const std::size_t got = hole ? size : stored(to.first(size));
  if (hole) std::fill_n(to.begin(), size, std::byte{0});
  m_position += got;
  return got;
}

}  // namespace pinnace::archive
