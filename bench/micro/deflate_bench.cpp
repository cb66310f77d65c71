// Speed and ratio of deflate::Encoder beside other DEFLATE encoders on one file, in chunks of 1
// MiB:
//   deflate_bench FILE [RUNS [MAX_THREADS]]
// Speeds are input bytes by seconds of wall time, the best of RUNS interleaved runs (3 unless
// told).
#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <fstream>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "deflate/encoder.hpp"

#include <isa-l/igzip_lib.h>

namespace {

using pinnace::deflate::Encoder;
using pinnace::deflate::Level;
using Bytes = std::span<const std::byte>;

/// Compresses one chunk and returns the size of the result.
using Encode = std::function<std::size_t(Bytes)>;

constexpr std::size_t k_room = 2 * Encoder::k_max_chunk;

struct Contender {
  std::string m_name;
  /// Called once a thread.
  std::function<Encode()> m_make;
  std::vector<double> m_best;
  double m_best_cpu = 1e9;
  std::size_t m_size = 0;
};

Encode make_own(Level level) {
  auto encoder = std::make_shared<Encoder>(level);
  auto out = std::make_shared<std::vector<std::byte>>(k_room);
  return [=](Bytes chunk) { return encoder->encode(chunk, *out); };
}

Encode make_libdeflate(int level) {
  std::shared_ptr<libdeflate_compressor> compressor(libdeflate_alloc_compressor(level),
                                                    libdeflate_free_compressor);
  auto out = std::make_shared<std::vector<std::byte>>(k_room);
  return [=](Bytes chunk) {
    return libdeflate_deflate_compress(compressor.get(), chunk.data(), chunk.size(), out->data(),
                                       out->size());
  };
}

Encode make_zlib(int level) {
  auto stream = std::make_shared<z_stream>();
  deflateInit2(stream.get(), level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  auto out = std::make_shared<std::vector<std::byte>>(k_room);
  return [=](Bytes chunk) {
    deflateReset(stream.get());
    std::vector<std::byte> input(chunk.begin(), chunk.end());
    stream->next_in = reinterpret_cast<Bytef*>(input.data());
    stream->avail_in = static_cast<uInt>(input.size());
    stream->next_out = reinterpret_cast<Bytef*>(out->data());
    stream->avail_out = static_cast<uInt>(out->size());
    deflate(stream.get(), Z_FINISH);
    return out->size() - stream->avail_out;
  };
}

Encode make_isal() {
  auto work = std::make_shared<std::vector<std::uint8_t>>(ISAL_DEF_LVL1_DEFAULT);
  auto out = std::make_shared<std::vector<std::byte>>(k_room);
  return [=](Bytes chunk) {
    isal_zstream stream;
    isal_deflate_init(&stream);
    stream.level = 1;
    stream.level_buf = work->data();
    stream.level_buf_size = static_cast<std::uint32_t>(work->size());
    stream.end_of_stream = 1;
    std::vector<std::byte> input(chunk.begin(), chunk.end());
    stream.next_in = reinterpret_cast<std::uint8_t*>(input.data());
    stream.avail_in = static_cast<std::uint32_t>(input.size());
    stream.next_out = reinterpret_cast<std::uint8_t*>(out->data());
    stream.avail_out = static_cast<std::uint32_t>(out->size());
    isal_deflate(&stream);
    return out->size() - stream.avail_out;
  };
}

/// Compresses all of `data` on `threads` threads; returns seconds.
double run(Contender& contender, Bytes data, unsigned threads) {
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> total{0};
  const auto work = [&] {
    const Encode encode = contender.m_make();
    for (;;) {
      const std::size_t begin = next.fetch_add(Encoder::k_max_chunk);
      if (begin >= data.size()) {
        return;
      }
      const std::size_t size = std::min(Encoder::k_max_chunk, data.size() - begin);
      total += encode(data.subspan(begin, size));
    }
  };
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::jthread> workers;
  for (unsigned i = 1; i < threads; ++i) {
    workers.emplace_back(work);
  }
  work();
  workers.clear();
  contender.m_size = total;
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::vector<std::byte> read_file(const char* path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  std::vector<std::byte> data(in ? static_cast<std::size_t>(in.tellg()) : 0);
  in.seekg(0);
  in.read(reinterpret_cast<char*>(data.data()), static_cast<std::streamsize>(data.size()));
  return data;
}

std::vector<Contender> make_contenders() {
  std::vector<Contender> contenders;
  const auto add = [&](std::string name, std::function<Encode()> make) {
    contenders.push_back({std::move(name), std::move(make), {}, 1e9, 0});
  };
  add("pinnace fast", [] { return make_own(Level::fast); });
  add("pinnace balanced", [] { return make_own(Level::balanced); });
  add("isa-l -1", [] { return make_isal(); });
  for (const int level : {1, 4, 6}) {
    add("libdeflate -" + std::to_string(level), [=] { return make_libdeflate(level); });
  }
  add("zlib -1", [] { return make_zlib(1); });
  return contenders;
}

int bench(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: deflate_bench FILE [RUNS [MAX_THREADS]]\n", stderr);
    return 2;
  }
  const std::vector<std::byte> data = read_file(argv[1]);
  const int runs = argc > 2 ? std::atoi(argv[2]) : 3;
  const int max_threads = argc > 3 ? std::atoi(argv[3]) : 2;
  std::vector<Contender> contenders = make_contenders();
  for (int i = 0; i < runs; ++i) {
    for (Contender& contender : contenders) {
      contender.m_best.resize(static_cast<std::size_t>(max_threads), 1e9);
      for (unsigned threads = 1; threads <= contender.m_best.size(); ++threads) {
        double& best = contender.m_best[threads - 1];
        const std::clock_t cpu_start = std::clock();
        best = std::min(best, run(contender, data, threads));
        const auto cpu = static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC;
        contender.m_best_cpu = std::min(contender.m_best_cpu, threads == 1 ? cpu : 1e9);
      }
    }
  }
  const auto size = static_cast<double>(data.size());
  for (const Contender& contender : contenders) {
    std::printf("%-18s %6.2f %%", contender.m_name.c_str(),
                100.0 * static_cast<double>(contender.m_size) / size);
    for (const double seconds : contender.m_best) {
      std::printf("  %6.3f GB/s", size / seconds / 1e9);
    }
    std::printf("  %6.3f GB/CPU s\n", size / contender.m_best_cpu / 1e9);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return bench(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "deflate_bench: %s\n", error.what());
    return 1;
  }
}
