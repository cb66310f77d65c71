#include "binaries/java_archive.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/shown.hpp"
#include "binaries/java_identity.hpp"
#include "binaries/zip.hpp"
#include "packages/paragraphs.hpp"

namespace pinnace::binaries {

namespace {

using packages::Found;
using packages::Package;

constexpr std::array<std::string_view, 15> k_extensions = {
    ".jar", ".war", ".ear", ".hpi", ".jpi",  ".par",          ".sar",         ".nar",
    ".kar", ".rar", ".aar", ".esa", ".lpkg", ".jar.original", ".war.original"};
constexpr std::string_view k_manifest = "META-INF/MANIFEST.MF";
constexpr std::size_t k_max_text = 1 << 20;
constexpr std::size_t k_max_poms = 2000;

bool is_pom(std::string_view name) {
  return name.starts_with("META-INF/maven/") && name.ends_with("/pom.properties");
}

bool is_wanted(std::string_view name) {
  return name == k_manifest || is_pom(name) || is_java_archive(name);
}

class Budget {
 public:
  explicit Budget(std::uint64_t bytes) : m_left(bytes) {}
  void take(std::uint64_t bytes) {
    constexpr std::uint64_t k_archive = 16 << 10;  // beside its bytes
    if (bytes + k_archive > m_left)
      throw base::Error(base::ErrorCode::invalid_input, "what is nested in it is too much");
    m_left -= bytes + k_archive;
  }

 private:
  std::uint64_t m_left;
};

class JavaReader {
 public:
  JavaReader(const base::Context& context, const JavaLimits& limits)
      : m_context(context), m_depth(limits.depth), m_budget(limits.bytes) {}

  Found read(const RandomAccess& file, std::string_view path) {
    read_archive(file, path, "", 0);
    return std::move(m_found);
  }

 private:
  void read_archive(const RandomAccess& file, std::string_view path, const std::string& inside,
                    unsigned depth);
  void read_entries(const RandomAccess& file, std::string_view path, const std::string& inside,
                    unsigned depth);
  void read_nested(const ZipFile& zip, const ZipEntry& entry, const std::string& inside,
                   unsigned depth);
  std::string read_text(const ZipFile& zip, const ZipEntry& entry);

  const base::Context& m_context;
  Found m_found;
  unsigned m_depth;
  Budget m_budget;
};

/// Java's resource adapters have the extension of another kind of archives.
bool is_of_rar(const RandomAccess& file) {
  constexpr std::string_view k_magic = "Rar!\x1a\x07";
  return file.size() >= k_magic.size() && read_range(file, 0, k_magic.size()) == k_magic;
}

/// `inside`: where in the outermost archive; empty for itself.
void JavaReader::read_archive(const RandomAccess& file, std::string_view path,
                              const std::string& inside, unsigned depth) {
  try {
    if (is_of_rar(file)) return;
    read_entries(StoppableAccess(m_context, file), path, inside, depth);
  } catch (const base::Error& error) {
    m_context.check();
    m_found.problem((inside.empty() ? "" : inside + ": ") + error.what());
  }
}

void JavaReader::read_entries(const RandomAccess& file, std::string_view path,
                              const std::string& inside, unsigned depth) {
  const ZipFile zip(file, is_wanted);
  m_budget.take(zip.directory_size());
  std::string manifest;
  std::vector<std::string> poms;
  for (const ZipEntry& entry : zip.entries()) {
    if (entry.name == k_manifest) manifest = read_text(zip, entry);
    if (is_pom(entry.name) && poms.size() < k_max_poms) poms.push_back(read_text(zip, entry));
  }
  for (Package& package : java_packages(path, manifest, poms)) {
    package.inside = packages::text_of(inside);
    if (!m_found.add(std::move(package))) return;
  }
  for (const ZipEntry& entry : zip.entries()) {
    m_context.check();
    if (is_java_archive(entry.name)) read_nested(zip, entry, inside, depth);
  }
}

std::string JavaReader::read_text(const ZipFile& zip, const ZipEntry& entry) {
  m_budget.take(entry.size);
  return base::with_context([&] { return base::printable(packages::text_of(entry.name)); },
                            [&] { return zip.read(entry, k_max_text); });
}

/// What is stored is read where it is; what is compressed must be in memory.
void JavaReader::read_nested(const ZipFile& zip, const ZipEntry& entry, const std::string& inside,
                             unsigned depth) {
  constexpr std::size_t k_most = 256 << 20;
  const std::string place = packages::text_of((inside.empty() ? "" : inside + "!/") + entry.name);
  if (depth + 1 >= m_depth) return m_found.problem(place + ": archives nest too deep");
  try {
    if (entry.is_stored && entry.is_readable)
      return read_archive(zip.stored(entry), entry.name, place, depth + 1);
    m_budget.take(entry.size);
    const MemoryAccess content(zip.read(entry, k_most));
    read_archive(content, entry.name, place, depth + 1);
  } catch (const base::Error& error) {
    m_context.check();
    m_found.problem(place + ": " + error.what());
  }
}

}  // namespace

bool is_java_archive(std::string_view path) {
  return std::any_of(k_extensions.begin(), k_extensions.end(), [&](std::string_view end) {
    return path.size() >= end.size() &&
           packages::same_name(path.substr(path.size() - end.size()), end);
  });
}

Found read_java_archive(const base::Context& context, const RandomAccess& file,
                        std::string_view path, const JavaLimits& limits) {
  return JavaReader(context, limits).read(file, path);
}

}  // namespace pinnace::binaries
