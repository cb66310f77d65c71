#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "archive/tar_writer.hpp"
#include "base/io.hpp"
#include "tar_samples.hpp"

namespace pinnace::archive {
namespace {

/// A file that goes away with the test.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& content) {
    const int fd = ::mkstemp(m_path.data());
    if (fd >= 0) ::close(fd);
    std::ofstream(m_path, std::ios::binary) << content;
  }
  ~ScratchFile() { ::unlink(m_path.c_str()); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  const std::string& path() const { return m_path; }

 private:
  std::string m_path = testing::TempDir() + "pinnace-tar-XXXXXX";
};

bool has_command(const std::string& name) {
  return std::system(("command -v " + name + " >/dev/null 2>&1").c_str()) == 0;
}

/// What a command prints; it must succeed.
std::string output_of(const std::string& command) {
  FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return "popen failed";
  std::string text;
  std::array<char, 4096> buffer{};
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    text.append(buffer.data(), size);
  }
  EXPECT_EQ(::pclose(pipe), 0) << command;
  return text;
}

std::string sample_archive() {
  base::StringSink sink;
  TarWriter writer(sink);
  for (const auto& [entry, content] : samples()) writer.add(entry, base::as_bytes(content));
  writer.finish();
  return sink.take();
}

TEST(OtherReaders, GnuTarListsTheSamePaths) {
  if (!has_command("tar")) GTEST_SKIP() << "no tar here";
  const ScratchFile file(sample_archive());
  std::string expected;
  for (const auto& [entry, content] : samples()) {
    expected += entry.path + (entry.type == EntryType::directory ? "/\n" : "\n");
  }
  EXPECT_EQ(output_of("tar --quoting-style=literal --absolute-names -tf '" + file.path() + "'"),
            expected);
}

/// Prints one line an entry, with everything that a TarEntry holds.
constexpr const char* k_python = R"py(
import sys, tarfile
kinds = {tarfile.REGTYPE: 0, tarfile.DIRTYPE: 1, tarfile.SYMTYPE: 2, tarfile.LNKTYPE: 3,
         tarfile.CHRTYPE: 4, tarfile.BLKTYPE: 5, tarfile.FIFOTYPE: 6}
for t in tarfile.open(sys.argv[1], "r:"):
    x = ["%s=%s" % (k[13:], v.encode("utf-8", "surrogateescape").hex())
         for k, v in sorted(t.pax_headers.items()) if k.startswith("SCHILY.xattr.")]
    line = [kinds[t.type], t.name, t.linkname, "%o" % t.mode, t.uid, t.gid, t.size, int(t.mtime),
            t.devmajor, t.devminor] + x
    print("|".join(str(v) for v in line))
)py";

std::string as_line(const TarEntry& entry) {
  std::ostringstream line;
  line << static_cast<int>(entry.type) << '|' << entry.path << '|' << entry.link_target << '|'
       << std::oct << entry.mode << std::dec << '|' << entry.uid << '|' << entry.gid << '|'
       << entry.size << '|' << entry.mtime << '|' << entry.device_major << '|'
       << entry.device_minor;
  for (const auto& [name, value] : entry.xattrs) {
    line << '|' << name << '=' << std::hex;
    for (const char c : value) {
      const unsigned byte = static_cast<unsigned char>(c);
      line << (byte < 16 ? "0" : "") << byte;
    }
    line << std::dec;
  }
  return line.str() + "\n";
}

TEST(OtherReaders, PythonReadsTheSameEntries) {
  if (!has_command("python3")) GTEST_SKIP() << "no python3 here";
  const ScratchFile file(sample_archive());
  const ScratchFile script(k_python);
  std::string expected;
  for (const auto& [entry, content] : samples()) expected += as_line(entry);
  EXPECT_EQ(
      output_of("PYTHONIOENCODING=utf-8 python3 '" + script.path() + "' '" + file.path() + "'"),
      expected);
}

}  // namespace
}  // namespace pinnace::archive
