#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace pinnace::text {

/// Makes lines, without their ends, of what a program writes for people: of a line in which it has
/// returned to the start, as those do that draw progress, the last state is shown. A line without
/// an end is passed on in parts of 64 KiB.
class LineSplitter {
 public:
  using Take = std::function<void(std::string_view line)>;
  explicit LineSplitter(Take take) : m_take(std::move(take)) {}

  void add(std::string_view bytes);
  /// What was left without an end.
  void finish();

 private:
  Take m_take;
  std::string m_held;
};

}  // namespace pinnace::text
