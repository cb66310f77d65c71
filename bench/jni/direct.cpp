// The same small job as CallOverhead.java, called from C++ without a door.
//
//   jni_direct_bench REQUEST-FILE COUNT      prints the median in microseconds

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "files/file.hpp"
#include "jobs/list.hpp"

namespace {

double run_once(const std::string& request) {
  namespace jobs = pinnace::jobs;
  const auto started = std::chrono::steady_clock::now();
  const auto credentials = job::credentials_beside(R"({"version":1,"registries":{}})");
  const std::string result = jobs::open_job("inspect", request, credentials)->run({});
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - started;
  return result.empty() ? 0 : took.count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string request = pinnace::files::read_file(argv[1], 65536);
  std::vector<double> times;
  for (int i = std::atoi(argv[2]); i > 0; --i) times.push_back(run_once(request));
  std::sort(times.begin(), times.end());
  std::printf("%.1f\n", times[times.size() / 2]);
}
