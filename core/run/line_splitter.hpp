#pragma once

#include <string>

#include "run/frame.hpp"
#include "run/sandbox.hpp"

namespace pinnace::run {

/// Makes lines of what a container writes. One without an end is passed on in parts of 64 KiB.
class LineSplitter {
 public:
  explicit LineSplitter(OutputSink& sink) : m_sink(sink) {}
  /// Takes frames of output and error; leaves others alone.
  void take(const Frame& frame);
  /// What was left without an end.
  void finish();

 private:
  void take(std::string& held, bool error, std::string_view bytes);

  OutputSink& m_sink;
  std::string m_output;
  std::string m_error;
};

}  // namespace pinnace::run
