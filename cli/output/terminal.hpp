#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "text/line_splitter.hpp"

namespace pinnace::cli {

/// Shows a job's events on stderr: one line with a bar on a terminal, plain lines elsewhere,
/// warnings only with --quiet. Safe to call from several threads.
class Terminal final : public base::EventSink {
 public:
  enum class Mode { bar, lines, quiet };
  /// A bar if stderr is a terminal.
  static Mode choose(bool quiet);

  explicit Terminal(Mode mode) : m_mode(mode) {}
  ~Terminal() override;
  void on_event(const base::Event& event) noexcept override;
  /// "error: ..." on a line of its own.
  void error(const std::string& text);
  /// Lines of a program that were not shown when they came, because it is quiet.
  void missed(const std::vector<std::string>& lines);

 private:
  struct Item {
    std::uint64_t done = 0;
    std::uint64_t total = 0;
  };
  void line(const char* prefix, const std::string& text);
  void finish();
  void said(const char* prefix, std::string_view text);
  void progress(const base::Event& event);
  void draw();
  void clear();

  Mode m_mode;
  std::mutex m_mutex;
  // Of a container, for who has no other place for it.
  text::LineSplitter m_output{[this](std::string_view text) { said("| ", text); }};
  text::LineSplitter m_errors{[this](std::string_view text) { said("! ", text); }};
  std::map<std::string, Item> m_items;
  std::chrono::steady_clock::time_point m_last_drawn{};
  bool m_drawn = false;
};

}  // namespace pinnace::cli
