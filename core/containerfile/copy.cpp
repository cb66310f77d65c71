#include <map>
#include <utility>

#include "base/quote.hpp"
#include "containerfile/reader.hpp"

namespace pinnace::containerfile {

namespace {

void read_flags(InstructionReader& reader, Copy& copy) {
  copy.chown = reader.text_flag("chown");
  copy.chmod = reader.text_flag("chmod");
  copy.link = reader.boolean_flag("link").value_or(false);
  for (const Flag& flag : reader.text_flags("exclude")) copy.excludes.push_back(*flag.value);
  if (copy.add) {
    copy.checksum = reader.text_flag("checksum");
    copy.unpack = reader.boolean_flag("unpack");
    copy.keep_git_dir = reader.boolean_flag("keep-git-dir");
    reader.end_flags({"chown", "chmod", "link", "exclude", "checksum", "unpack", "keep-git-dir"});
  } else {
    copy.from = reader.text_flag("from");
    copy.parents = reader.boolean_flag("parents").value_or(false);
    reader.end_flags({"from", "chown", "chmod", "link", "parents", "exclude"});
  }
}

}  // namespace

Copy read_copy(InstructionReader& reader) {
  Copy copy;
  copy.add = reader.keyword() == "ADD";
  read_flags(reader, copy);
  std::vector<std::string> words = reader.exec_form_or_words();
  if (words.size() < 2) reader.fail("expected at least one source, and a destination");
  copy.destination = std::move(words.back());
  words.pop_back();
  if (parse_heredoc(copy.destination)) reader.fail("a here-document can't be the destination");
  // Of several with one name the last is the file.
  std::map<std::string_view, const Heredoc*> files;
  for (const Heredoc& file : reader.files()) files[file.name] = &file;
  for (std::string& word : words) {
    const auto announced = parse_heredoc(word);
    if (!announced) {
      copy.sources.push_back(std::move(word));
      continue;
    }
    const auto file = files.find(announced->name);
    if (file == files.end()) reader.fail(base::quote(word) + " has no here-document");
    if (file->second != nullptr) copy.files.push_back(*std::exchange(file->second, nullptr));
  }
  return copy;
}

}  // namespace pinnace::containerfile
