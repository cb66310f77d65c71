#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

// The rules of core/modules.txt and of "the library is a guest in a JVM" (docs/architecture.md),
// checked on the text of the sources.

namespace {

namespace fs = std::filesystem;

struct Module {
  std::string name;
  std::set<std::string> uses;
  std::string sentence;  ///< what it is
};

fs::path core() {
  return fs::path(PINNACE_SOURCE_DIR) / "core";
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Modules of core/, or what is over it, whose lines start with "/".
std::vector<Module> read_modules(bool over_core = false) {
  std::vector<Module> modules;
  std::istringstream lines(read(core() / "modules.txt"));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(':');
    if (line.empty() || line[0] == '#' || colon == std::string::npos) continue;
    if ((line[0] == '/') != over_core) continue;
    const std::size_t hash = std::min(line.find("  # "), line.size());
    Module module{line.substr(over_core ? 1 : 0, colon - (over_core ? 1 : 0)), {}, {}};
    if (hash < line.size()) module.sentence = line.substr(hash + 4);
    std::istringstream names(line.substr(colon + 1, hash - colon - 1));
    for (std::string name; names >> name;) module.uses.insert(name);
    modules.push_back(module);
  }
  return modules;
}

/// Every .hpp and .cpp below a directory, sorted.
std::vector<fs::path> sources(const fs::path& directory = core()) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    const auto extension = entry.path().extension();
    if (extension == ".hpp" || extension == ".cpp") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// Those of the directory itself.
std::vector<fs::path> sources_of(const fs::path& directory) {
  std::vector<fs::path> paths = sources(directory);
  std::erase_if(paths, [&](const fs::path& path) { return path.parent_path() != directory; });
  return paths;
}

std::string module_of(const fs::path& path) {
  return path.lexically_relative(core()).begin()->string();
}

/// The "module/file.hpp" of each own include.
std::vector<std::string> own_includes(const std::string& text) {
  static const std::regex k_include(R"re((?:^|\n)[ \t]*#[ \t]*include[ \t]*"([^"\n]+)")re");
  std::vector<std::string> names;
  for (std::sregex_iterator match(text.begin(), text.end(), k_include), end; match != end;
       ++match) {
    names.push_back((*match)[1]);
  }
  return names;
}

/// With comments and the contents of string literals blanked out, lines kept.
std::string code_of(const std::string& text) {
  std::string code;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "//") == 0) {
      while (i < text.size() && text[i] != '\n') ++i;
      code += '\n';
    } else if (text.compare(i, 2, "/*") == 0) {
      i = std::min(text.find("*/", i), text.size() - 2) + 1;
    } else if (text.compare(i, 2, "R\"") == 0) {
      const std::size_t open = text.find('(', i);
      const std::string close = ")" + text.substr(i + 2, open - i - 2) + "\"";
      i = std::min(text.find(close, open), text.size()) + close.size() - 1;
      code += "\"\"";
    } else if (text[i] == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\') ++i;
      }
      code += "\"\"";
    } else if (text[i] == '\'' && i > 0 &&
               std::isalnum(static_cast<unsigned char>(text[i - 1])) == 0) {
      for (++i; i < text.size() && text[i] != '\''; ++i) {
        if (text[i] == '\\') ++i;
      }
      code += "''";
    } else {
      code += text[i];
    }
  }
  return code;
}

TEST(IncludeRule, TheListIsOrderedAndWhole) {
  const auto modules = read_modules();
  ASSERT_FALSE(modules.empty());
  std::set<std::string> above;
  for (const Module& module : modules) {
    for (const std::string& used : module.uses) {
      EXPECT_TRUE(above.contains(used))
          << module.name << " uses " << used << ", which is not above it";
    }
    EXPECT_TRUE(above.insert(module.name).second) << module.name << " is listed twice";
  }
  for (const auto& entry : fs::directory_iterator(core())) {
    if (!entry.is_directory()) continue;
    EXPECT_TRUE(above.contains(entry.path().filename()))
        << entry.path() << " is not in modules.txt";
  }
}

TEST(IncludeRule, AModuleIncludesItselfAndWhatItMayUse) {
  std::map<std::string, std::set<std::string>> allowed;
  for (const Module& module : read_modules()) {
    allowed[module.name] = module.uses;
    allowed[module.name].insert(module.name);
  }
  std::size_t checked = 0;
  for (const fs::path& path : sources()) {
    const std::string module = module_of(path);
    for (const std::string& include : own_includes(read(path))) {
      const std::size_t slash = include.find('/');
      ASSERT_NE(slash, std::string::npos)
          << path << " includes \"" << include << "\", expected \"module/file.hpp\"";
      EXPECT_TRUE(allowed[module].contains(include.substr(0, slash)))
          << path << " includes \"" << include << "\", which " << module << " may not use";
      // Some are made from a template that stands there.
      EXPECT_TRUE(fs::exists(core() / include) || fs::exists(core() / (include + ".in")))
          << path << " includes \"" << include << "\"";
      ++checked;
    }
  }
  EXPECT_GT(checked, 50U);
}

TEST(IncludeRule, WhatIsOverTheCoreUsesWhatItMay) {
  std::set<std::string> above;
  for (const Module& module : read_modules()) above.insert(module.name);
  for (const Module& module : read_modules(true)) {
    std::set<std::string> used;
    for (const fs::path& path : sources_of(fs::path(PINNACE_SOURCE_DIR) / module.name)) {
      for (const std::string& include : own_includes(read(path))) {
        const std::string other = fs::path(include).parent_path().string();
        if (!other.empty()) used.insert(other);
      }
    }
    used.erase(module.name);
    // What is listed and not used any more goes from the list.
    EXPECT_EQ(used, module.uses) << module.name << ": scripts/modules writes it";
    for (const std::string& other : used)
      EXPECT_TRUE(above.contains(other)) << module.name << " uses " << other;
    above.insert(module.name);
  }
}

/// Each directory over the core is a module, as they are in the list.
TEST(IncludeRule, TheListHasAllThatIsOverTheCore) {
  std::set<std::string> listed;
  for (const Module& module : read_modules(true)) listed.insert(module.name);
  for (const char* top : {"cli", "sandbox", "jni/native"}) {
    for (const fs::path& path : sources(fs::path(PINNACE_SOURCE_DIR) / top))
      EXPECT_TRUE(
          listed.contains(path.parent_path().lexically_relative(PINNACE_SOURCE_DIR).string()))
          << path << " is in no module of core/modules.txt";
  }
}

/// A line for each: where it is, and what.
std::string drawn(std::vector<Module> modules, const std::string& place) {
  std::reverse(modules.begin(), modules.end());
  std::ostringstream lines;
  for (const Module& module : modules) {
    lines << std::left << std::setw(24) << place + module.name + "/" << module.sentence << '\n';
  }
  return lines.str();
}

TEST(IncludeRule, TheDrawingInTheDocsIsThatOfTheList) {
  const std::string docs = read(fs::path(PINNACE_SOURCE_DIR) / "docs" / "architecture.md");
  const std::string drawing = drawn(read_modules(true), "") + drawn(read_modules(), "core/");
  EXPECT_NE(docs.find("```\n" + drawing + "```\n"), std::string::npos)
      << "docs/architecture.md, expected:\n"
      << drawing;
}

TEST(IncludeRule, AModuleIsToldInOneSentence) {
  for (const bool over_core : {false, true}) {
    for (const Module& module : read_modules(over_core)) {
      EXPECT_FALSE(module.sentence.empty()) << module.name;
      EXPECT_EQ(module.sentence.find(" and "), std::string::npos)
          << module.name << " is two things: " << module.sentence;
    }
  }
}

TEST(IncludeRule, AModuleIsSmallAndUsesFewOthers) {
  constexpr std::size_t k_most_files = 25;
  constexpr std::size_t k_most_uses = 9;
  for (const bool over_core : {false, true}) {
    const fs::path top = over_core ? fs::path(PINNACE_SOURCE_DIR) : core();
    for (const Module& module : read_modules(over_core)) {
      EXPECT_LE(sources_of(top / module.name).size(), k_most_files) << module.name;
      EXPECT_LE(module.uses.size(), k_most_uses) << module.name;
    }
  }
}

/// The numbers that the names of the decisions start with.
std::vector<int> decision_numbers() {
  std::vector<int> numbers;
  for (const auto& entry :
       fs::directory_iterator(fs::path(PINNACE_SOURCE_DIR) / "docs" / "decisions")) {
    numbers.push_back(std::stoi(entry.path().filename().string().substr(0, 4)));
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

TEST(Decisions, AreNumberedWithoutHoles) {
  const std::vector<int> numbers = decision_numbers();
  ASSERT_GT(numbers.size(), 5U);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    EXPECT_EQ(numbers[i], static_cast<int>(i) + 1);
  }
}

TEST(SourceRule, HeadersStartWithPragmaOnce) {
  for (const fs::path& path : sources()) {
    if (path.extension() != ".hpp") continue;
    EXPECT_TRUE(read(path).starts_with("#pragma once\n")) << path;
  }
}

/// Whether what stands before a name makes "name(" a call of the global or std function: no member
/// of an object or of another scope, and no declaration.
bool precedes_call(const std::string& before) {
  static const std::regex k_member(R"((\.|->|~|\w\s*::)\s*$)");
  static const std::regex k_std(R"((^|\W)std\s*::\s*$)");
  static const std::regex k_statement(R"((^|\W)(return|else|do)\s+$)");
  static const std::regex k_declaration(R"([\w>&*]\s+[&*]*$)");
  if (std::regex_search(before, k_std)) return true;
  if (std::regex_search(before, k_member)) return false;
  return std::regex_search(before, k_statement) || !std::regex_search(before, k_declaration);
}

/// A pattern for calls of any of these.
std::regex calls_of(const std::vector<std::string>& names) {
  std::string any;
  for (const std::string& name : names) any += (any.empty() ? "" : "|") + name;
  return std::regex("\\b(" + any + R"()\s*\()");
}

/// Those of the functions that are called.
std::set<std::string> called(const std::string& code, const std::regex& calls) {
  std::set<std::string> names;
  for (std::sregex_iterator match(code.begin(), code.end(), calls), end; match != end; ++match) {
    const auto at = static_cast<std::size_t>(match->position());
    const std::size_t from = at < 40 ? 0 : at - 40;
    if (precedes_call(code.substr(from, at - from))) names.insert((*match)[1]);
  }
  return names;
}

TEST(SourceRule, TheLibraryLeavesTheProcessAlone) {
  static const std::vector<std::string> k_calls = {
      "exit",   "_exit",  "quick_exit", "abort",     "atexit", "setenv",    "unsetenv",
      "putenv", "chdir",  "fchdir",     "umask",     "signal", "sigaction", "setlocale",
      "printf", "puts",   "putchar",    "setuid",    "setgid", "daemon",    "localtime",
      "tzset",  "strtok", "system",     "terminate", "chroot"};
  static const std::regex k_pattern = calls_of(k_calls);
  // In a child between fork and exec these are the only way.
  static const std::set<std::string> k_child_calls = {"_exit", "chdir",  "fchdir",
                                                      "umask", "signal", "sigaction"};
  for (const fs::path& path : sources()) {
    const std::string code = code_of(read(path));
    for (const char* header : {"<iostream>", "<csignal>"}) {
      const bool child = module_of(path) == "process" && std::string(header) == "<csignal>";
      EXPECT_TRUE(child || code.find(header) == std::string::npos)
          << path << " includes " << header;
    }
    EXPECT_FALSE(std::regex_search(code, std::regex(R"(\b(stdout|std::cout|std::cerr)\b)")))
        << path;
    for (const std::string& name : called(code, k_pattern)) {
      if (module_of(path) == "process" && k_child_calls.contains(name)) continue;
      ADD_FAILURE() << path << " calls " << name;
    }
  }
}

/// The sources of all that is C++, with their paths from here.
std::map<fs::path, std::string> all_sources() {
  std::map<fs::path, std::string> all;
  for (const char* directory : {"core", "cli", "sandbox", "jni/native"}) {
    for (const fs::path& path : sources(fs::path(PINNACE_SOURCE_DIR) / directory))
      all[path] = path.lexically_relative(PINNACE_SOURCE_DIR).string();
  }
  return all;
}

/// Looks that take "it failed" for "it is not there" where a caller does not take care.
const std::regex& careless_look() {
  static const std::regex k_look(
      R"(\b(fs|filesystem)::(exists|is_regular_file|is_directory|is_symlink|(symlink_)?status)\s*\()"
      R"(|(^|[^\w:])::(access|faccessat|stat|lstat)\s*\()");
  return k_look;
}

TEST(SourceRule, LooksTellAbsentFromFailed) {
  // PATH is searched as execvp() does: what can't be looked at is no program.
  static const std::set<std::string> k_others = {"core/files/look.cpp", "core/process/spawn.cpp"};
  for (const auto& [path, name] : all_sources()) {
    if (k_others.contains(name)) continue;
    EXPECT_FALSE(std::regex_search(code_of(read(path)), careless_look()))
        << path << " looks at a path by itself, expected files/look.hpp";
  }
}

/// "It can't be read" is as good as "there is nothing" only for what is made anew then.
TEST(SourceRule, FilesThatCantBeReadAreNotEmpty) {
  static const std::set<std::string> k_remembered = {
      "core/files/file.cpp", "core/files/file.hpp", "core/source/downloads.cpp",
      "core/run/sandbox_host.cpp", "core/compress/chunk_cache.cpp",
      // Without the host's emulator one is registered, or asked for.
      "core/spec/emulator.cpp"};
  for (const auto& [path, name] : all_sources()) {
    if (k_remembered.contains(name)) continue;
    EXPECT_EQ(code_of(read(path)).find("read_file_or_empty("), std::string::npos)
        << path << " takes a failure for an empty file, expected files::read_file_if_any";
  }
}

/// A thread that is started with no care for that it may fail.
const std::regex& careless_thread() {
  static const std::regex k_thread(
      R"(\bstd::j?thread\s*\w*\s*[({]|(^|[;{}])\s*([^;{}]*=\s*)?std::async\s*\()");
  return k_thread;
}

TEST(SourceRule, ThreadsThatCantBeStartedAreErrors) {
  for (const auto& [path, name] : all_sources()) {
    if (path.filename() == "thread.hpp") continue;
    EXPECT_FALSE(std::regex_search(code_of(read(path)), careless_thread()))
        << path << " starts a thread, expected base/thread.hpp";
  }
}

TEST(SourceRule, TheChecksSeeWhatTheyForbid) {
  for (const std::string bad :
       {"if (std::filesystem::exists(p, ignored)) {}", "fs::is_directory(p)",
        "return ::access(p, F_OK) == 0;", "if (::lstat(p, &s) != 0)"}) {
    EXPECT_TRUE(std::regex_search(bad, careless_look())) << bad;
  }
  for (const std::string good : {"files::exists(p)", "directory.status(p)", "::fstat(fd, &s)"}) {
    EXPECT_FALSE(std::regex_search(good, careless_look())) << good;
  }
  for (const std::string bad : {"std::jthread(work)", "std::thread other(work);",
                                "  ; ready = std::async(std::launch::async, work);"}) {
    EXPECT_TRUE(std::regex_search(bad, careless_thread())) << bad;
  }
  for (const std::string good :
       {"std::jthread m_thread;", "for (std::jthread& thread : m_threads)",
        "ready = base::with_thread([&] { return std::async(std::launch::async, wait); });"}) {
    EXPECT_FALSE(std::regex_search(good, careless_thread())) << good;
  }
  for (const std::string bad : {"  exit(1);", "::exit (1);", "std::exit(1);", "x = ::exit(0);",
                                "return exit(1);", "if (a) exit(1);"}) {
    EXPECT_TRUE(called(bad, calls_of({"exit"})).contains("exit")) << bad;
  }
  for (const std::string good :
       {"on_exit(1);", "child.exit(1);", "process->exit(2)", "exit_code(x)", "void exit(int code);",
        "Child::exit(int code) {"}) {
    EXPECT_FALSE(called(good, calls_of({"exit"})).contains("exit")) << good;
  }
  EXPECT_EQ(code_of("a(\"exit(1)\"); // exit(1)\nb('\"');"), "a(\"\"); \nb('');");
  EXPECT_EQ(own_includes("#include \"a/b.hpp\"\n#include <c>\n # include \"d/e.hpp\"\n"),
            (std::vector<std::string>{"a/b.hpp", "d/e.hpp"}));
}

}  // namespace
