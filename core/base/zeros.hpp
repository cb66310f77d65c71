#pragma once

#include <algorithm>
#include <cstring>

#include "base/io.hpp"

namespace pinnace::base {

/// Whether all are zero: left out of a file, they take no room of the disk.
inline bool is_zeros(Bytes bytes) {
  return bytes.empty() || (bytes[0] == std::byte{0} &&
                           std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

/// Files have holes in place of the blocks that are all zeros, whoever writes them: what unpacks a
/// layer, and what takes the changes of a RUN. It is the block of nearly all file systems.
inline constexpr std::size_t k_hole_block = 4096;

struct BlockRun {
  std::size_t size = 0;  ///< bytes
  bool zeros = false;    ///< all of them, or something else is in each block
};
/// How many of the first blocks are alike. `bytes` begins at the beginning of a block, and is not
/// empty; its last block may be a part of one.
inline BlockRun first_run(Bytes bytes) {
  const auto block_at = [&](std::size_t at) {
    return bytes.subspan(at, std::min(k_hole_block, bytes.size() - at));
  };
  BlockRun run{0, is_zeros(block_at(0))};
  while (run.size < bytes.size() && is_zeros(block_at(run.size)) == run.zeros)
    run.size += block_at(run.size).size();
  return run;
}

}  // namespace pinnace::base
