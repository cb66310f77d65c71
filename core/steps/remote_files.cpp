#include "steps/remote_files.hpp"

#include "base/error.hpp"
#include "files/file.hpp"
#include "hash/key_hasher.hpp"
#include "text/ignore.hpp"

namespace pinnace::steps {

using base::Context;
using base::Error;
using base::ErrorCode;

namespace {

/// A single file, whatever it is called.
class FileOrigin final : public CopyOrigin {
 public:
  FileOrigin(tree::TreeEntry entry, std::string where)
      : m_entry(std::move(entry)), m_where(std::move(where)) {}

  std::string where() const override { return m_where; }
  Kind kind(const std::string& path) const override {
    return path.empty() ? Kind::directory : Kind::file;
  }
  bool is_real_directory(const std::string& path) const override { return path.empty(); }
  std::vector<std::string> names(const std::string&) const override { return {}; }
  void add(const Context&, tree::FileTree& tree, const std::string&, const std::string& to,
           const tree::Chooser&) override {
    tree::TreeEntry entry = m_entry;
    entry.header.path = to;
    tree.add(std::move(entry));
  }
  std::unique_ptr<base::Source> open(const std::string&) const override {
    return std::make_unique<files::FileSource>(
        m_entry.content.root->open(m_entry.content.path, files::Directory::Links::follow), m_where);
  }

 private:
  tree::TreeEntry m_entry;
  std::string m_where;
};

/// A name that is no pattern.
std::string literally(const std::string& name) {
  std::string text;
  for (const char c : name) {
    if (std::string_view("*?[\\").find(c) != std::string_view::npos) text += '\\';
    text += c;
  }
  return text;
}

}  // namespace

RemoteFiles::RemoteFiles(Options options, layer::Spool& spool, const std::filesystem::path& scratch)
    : m_downloads(std::move(options.downloads), spool), m_git(scratch, std::move(options.git)) {}

hash::Digest RemoteFiles::key(const Context& context, const source::RemoteSource& source) {
  hash::KeyHasher key;
  if (const auto* url = std::get_if<source::UrlSource>(&source)) {
    const source::Download found = m_downloads.find(context, *url);
    key.add("url");
    key.add(url->name);
    key.add(found.digest.str());
    key.add(static_cast<std::uint64_t>(found.modified.value_or(-1)));
  } else {
    const auto& git = std::get<source::GitSource>(source);
    key.add("git");
    key.add(m_git.commit_of(context, git));
    key.add(git.directory);
    // Who knows a commit's name need not be able to read it there. What is in .git and which
    // submodules there are depends on it, too.
    key.add(git.repository);
    key.add(git.keep_git ? "with .git" : "");
  }
  return key.finish();
}

RemoteFiles::Place RemoteFiles::place(const Context& context, const source::UrlSource& source,
                                      std::int64_t epoch) {
  const source::Download found = m_downloads.find(context, source);
  tree::TreeEntry entry;
  entry.header.mode = 0600;  // Dockerfile reference, ADD
  entry.header.size = found.size;
  entry.header.mtime = found.modified.value_or(epoch);
  entry.content = m_downloads.content(context, source);
  return {std::make_unique<FileOrigin>(std::move(entry), source::describe(source)),
          literally(source.name.empty() ? "file" : source.name)};
}

RemoteFiles::Place RemoteFiles::place(const Context& context, const source::GitSource& source,
                                      std::int64_t epoch) {
  // Submodules have a .git of their own.
  const std::string rules = source.keep_git ? "" : "**/.git";
  return {make_context_origin(m_git.files_of(context, source), text::Ignore::parse(rules, ".git"),
                              epoch),
          literally(source.directory)};
}

RemoteFiles::Place RemoteFiles::place(const Context& context, const source::RemoteSource& source,
                                      std::int64_t epoch) {
  return std::visit([&](const auto& one) { return place(context, one, epoch); }, source);
}

}  // namespace pinnace::steps
