#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <map>
#include <random>

#include "archive/tar_writer.hpp"
#include "base/error.hpp"
#include "files/file.hpp"
#include "layer/spool.hpp"
#include "sandbox/trees/apply.hpp"
#include "store/memory_store.hpp"
#include "support/temporary_directory.hpp"
#include "tree/base_tree.hpp"
#include "tree/open_root.hpp"

/// What a container has on its disk, and what a copy takes from memory, are the same tree.
namespace pinnace::sandbox {
namespace {

namespace fs = std::filesystem;
using archive::EntryType;
using archive::TarEntry;

struct Member {
  TarEntry entry;
  std::string content;
};
using Layer = std::vector<Member>;
/// Path -> what stands there.
using Tree = std::map<std::string, std::string>;

constexpr std::size_t k_most_content = 100;

class Stack {
 public:
  explicit Stack(const std::vector<Layer>& layers) : m_layers(layers) {}

  Tree in_memory() {
    const auto store = std::make_shared<store::MemoryStore>();
    layer::Spool spool(m_directory.path());
    layer::ImageFiles files(spool);
    std::vector<tree::StoredLayer> stored;
    for (const Layer& layer : m_layers) {
      const auto blob = store::put_bytes(*store, {}, archive_of(layer), oci::media_type::k_layer);
      stored.push_back({blob, blob.digest});
      files.add_layer(store, stored.back());
    }
    const auto tree = tree::BaseTree::read({}, *store, stored, tree::BaseTree::Keep::everything);
    Tree found;
    collect(tree, files, "", found);
    return found;
  }

  Tree on_disk() {
    const fs::path root = m_directory.path() / "root";
    fs::create_directory(root);
    layer::ShownTimes times;
    for (const Layer& layer : m_layers) {
      base::StringSource tar(archive_of(layer));
      apply_layer(tree::OpenRoot(root), tar, "layer", times, {});
    }
    Tree found;
    for (const auto& file : fs::recursive_directory_iterator(root))
      found[file.path().lexically_relative(root).string()] = describe(file.path());
    return found;
  }

 private:
  static std::string archive_of(const Layer& layer) {
    base::StringSink out;
    archive::TarWriter writer(out);
    for (const Member& member : layer) {
      TarEntry entry = member.entry;
      entry.size = member.content.size();
      writer.add(entry, base::as_bytes(member.content));
    }
    writer.finish();
    return out.take();
  }

  static std::string text(EntryType type, std::uint32_t mode, std::int64_t time,
                          const std::string& more) {
    const std::string at = type == EntryType::symlink ? "" : " " + std::to_string(mode);
    return archive::to_string(type) + at + " " + std::to_string(time) + " " + more;
  }

  void collect(const tree::BaseTree& tree, layer::ImageFiles& files, const std::string& directory,
               Tree& found) {
    for (const std::string& name : tree.names(directory)) {
      const std::string path = tree::join_path(directory, name);
      const tree::BaseTree::Node* node = tree.find(path);
      ASSERT_NE(node, nullptr) << path;
      std::string more = node->link_target;
      if (node->type == EntryType::file) {
        files.fetch({}, {node});
        const tree::FileContent& content = files.content(*node);
        more = files::read_file(content.root->path() / content.path, k_most_content);
      }
      found[path] = text(node->type, node->mode, node->mtime, more);
      if (node->is_directory()) collect(tree, files, path, found);
    }
  }

  static std::string describe(const fs::path& path) {
    struct stat status {};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0);
    const auto mode = static_cast<std::uint32_t>(status.st_mode & 07777);
    const std::int64_t time = status.st_mtim.tv_sec;
    if (S_ISDIR(status.st_mode)) return text(EntryType::directory, mode, time, "");
    if (S_ISLNK(status.st_mode))
      return text(EntryType::symlink, mode, time, fs::read_symlink(path).string());
    return text(EntryType::file, mode, time, files::read_file(path, k_most_content));
  }

  const std::vector<Layer>& m_layers;
  test_support::TemporaryDirectory m_directory;
};

Member member(EntryType type, std::string path, std::string more = {}) {
  Member made;
  made.entry.type = type;
  made.entry.path = std::move(path);
  made.entry.mode = type == EntryType::directory ? 0711 : 0644;
  made.entry.mtime = 1000;
  made.entry.uid = ::geteuid();
  made.entry.gid = ::getegid();
  if (type == EntryType::file) {
    made.content = std::move(more);
  } else {
    made.entry.link_target = std::move(more);
  }
  return made;
}

Member directory(std::string path) {
  return member(EntryType::directory, std::move(path));
}
Member file(std::string path, std::string content = "x") {
  return member(EntryType::file, std::move(path), std::move(content));
}
Member link(std::string path, std::string target) {
  return member(EntryType::symlink, std::move(path), std::move(target));
}
Member hard_link(std::string path, std::string target) {
  return member(EntryType::hardlink, std::move(path), std::move(target));
}

struct Case {
  const char* what;
  std::vector<Layer> layers;
  std::vector<std::string> there;
  std::vector<std::string> gone;
};

const Case k_cases[] = {
    {"an entry and a whiteout below a link of a lower layer",
     {{directory("real"), file("real/old"), link("ln", "real")},
      {file("ln/new"), file("ln/.wh.old")}},
     {"real/new", "ln"},
     {"real/old"}},
    {"an opaque whiteout below a link",
     {{directory("real"), file("real/old"), link("ln", "/real")},
      {file("ln/new"), file("ln/.wh..wh..opq")}},
     {"real/new"},
     {"real/old"}},
    {"missing parents", {{file("app/data/f")}}, {"app", "app/data", "app/data/f"}, {}},
    {"parents that come later",
     {{file("app/data/f"), directory("app/data"), directory("app")}},
     {"app/data/f"},
     {}},
    {"a parent that is a dangling link",
     {{link("d", "/nowhere/x")}, {file("d/f")}},
     {"d", "nowhere/x/f"},
     {}},
    {"a link that leads up and out", {{link("d", "../../x")}, {file("d/f")}}, {"x/f"}, {}},
    {"a parent that is a file", {{file("d")}, {file("d/f")}}, {"d/f"}, {}},
    {"a link is replaced by a directory, and not what it leads to",
     {{directory("real"), file("real/f"), link("ln", "real")}, {directory("ln"), file("ln/g")}},
     {"real/f", "ln/g"},
     {"real/g"}},
    {"a file replaces a directory, and the reverse",
     {{directory("d"), file("d/f"), file("g")}, {file("d"), directory("g"), file("g/h")}},
     {"d", "g/h"},
     {"d/f"}},
    {"whiteouts spare what their own layer adds, in any order",
     {{directory("d"), file("d/old"), file("d-x")},
      {file("d/new"), file(".wh.d"), file("d-x"), file(".wh.d-x")}},
     {"d/new", "d-x"},
     {"d/old"}},
    {"a neighbour whose name is between a directory and what is in it",
     {{directory("o"), directory("o/d"), file("o/d/old")},
      {file("o/d/new"), file("o/d-x"), file("o/.wh..wh..opq")}},
     {"o/d/new", "o/d-x"},
     {"o/d/old"}},
    {"a hard link through a link, and one to a link",
     {{directory("real"), file("real/f", "one"), link("ln", "real"), link("s", "real/f")},
      {hard_link("h", "ln/f"), hard_link("t", "s"), file("real/f", "two")}},
     {"h", "t"},
     {}},
    {"a path that a layer has twice, with a link to the first one",
     {{file("f", "one"), hard_link("h", "f"), file("f", "two")}},
     {"f", "h"},
     {}},
    {"what AUFS had in the root, and a hard link to a file of it",
     {{file("f", "old")},
      {file(".wh..wh.aufs"), directory(".wh..wh.orph"), directory(".wh..wh.plnk"),
       file(".wh..wh.plnk/12.34", "one"), hard_link("f", ".wh..wh.plnk/12.34"),
       hard_link("g", ".wh..wh.plnk/12.34")},
      {hard_link("h", "g")}},
     {"f", "g", "h"},
     {".wh..wh.plnk", ".wh..wh.plnk/12.34", ".wh..wh.aufs", ".wh..wh.orph", ".wh.plnk"}},
    {"a hard link to itself", {{file("f", "one"), hard_link("f", "f")}}, {"f"}, {}},
};

TEST(LayerPlacement, DiskAndMemoryHaveWhatRuntimesHave) {
  for (const Case& one : k_cases) {
    SCOPED_TRACE(one.what);
    Stack stack(one.layers);
    const Tree memory = stack.in_memory();
    EXPECT_EQ(memory, stack.on_disk());
    for (const std::string& path : one.there) EXPECT_TRUE(memory.contains(path)) << path;
    for (const std::string& path : one.gone) EXPECT_FALSE(memory.contains(path)) << path;
  }
}

TEST(LayerPlacement, ADirectoryThatNoEntryTellsOfIsRoots) {
  const std::vector<Layer> layers = {{file("app/f")}};
  EXPECT_EQ(Stack(layers).on_disk().at("app"), "directory 493 0 ");
}

/// Layers of few names, so that they meet: deterministic for a seed.
class Random {
 public:
  explicit Random(unsigned seed) : m_engine(seed) {}

  std::vector<Layer> layers() {
    std::vector<Layer> all(2 + below(3));
    for (Layer& layer : all) {
      const std::size_t size = 1 + below(7);
      while (layer.size() < size) layer.push_back(any_member());
    }
    return all;
  }

 private:
  std::size_t below(std::size_t limit) { return m_engine() % limit; }
  std::string name() { return std::string(1, static_cast<char>('a' + below(4))); }
  std::string path() {
    std::string path = name();
    for (std::size_t more = below(3); more > 0; --more) path += "/" + name();
    return path;
  }
  std::string target() {
    const std::array<std::string, 4> starts = {"", "/", "../", "./"};
    return starts.at(below(starts.size())) + path();
  }
  Member any_member() {
    std::string at = path();
    switch (below(8)) {
      case 0:
      case 1:
        return directory(at);
      case 2:
      case 3:
        return file(at, std::to_string(++m_contents));
      case 4:
        return link(at, target());
      case 5:
        return hard_link(at, path());
      case 6:
        return file(
            tree::join_path(tree::parent_path(at), ".wh." + std::string(tree::base_name(at))), "");
      default:
        return file(at + "/.wh..wh..opq", "");
    }
  }

  std::mt19937 m_engine;
  unsigned m_contents = 0;
};

std::optional<Tree> attempt(const std::function<Tree()>& make) {
  try {
    return make();
  } catch (const base::Error&) {
    return std::nullopt;
  }
}

TEST(LayerPlacement, DiskAndMemoryAgreeAboutAnyLayers) {
  unsigned good = 0;
  for (unsigned seed = 1; seed <= 450; ++seed) {
    const std::vector<Layer> layers = Random(seed).layers();
    Stack stack(layers);
    const auto memory = attempt([&] { return stack.in_memory(); });
    const auto disk = attempt([&] { return stack.on_disk(); });
    ASSERT_EQ(memory, disk) << "seed " << seed;
    if (memory) ++good;
  }
  EXPECT_GT(good, 100U) << "most stacks are refused: nothing is compared";
}

}  // namespace
}  // namespace pinnace::sandbox
