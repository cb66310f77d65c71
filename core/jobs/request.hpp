#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pinnace::jobs {

/// Reads a request strictly: each field must be there (null for none) and of its type, and end()
/// refuses those that nobody asked for. Fields that this version of the protocol did not have from
/// the start may be missing. Errors are invalid_input and name the job and the field.
class RequestReader {
 public:
  /// Checks "version". `job` is for messages.
  RequestReader(std::string_view job, std::string_view request);

  std::string text(const std::string& field);
  std::optional<std::string> optional_text(const std::string& field);
  std::optional<std::int64_t> optional_integer(const std::string& field, std::int64_t least,
                                               std::int64_t most);
  bool flag(const std::string& field);
  std::vector<std::string> texts(const std::string& field);
  std::map<std::string, std::string> text_map(const std::string& field);
  /// As text_map(), of names that variables of an environment can have.
  std::map<std::string, std::string> variables(const std::string& field);
  /// An object with fields of its own, to be read as strictly.
  std::optional<RequestReader> optional_object(const std::string& field);
  void end() const;

 private:
  RequestReader(std::string job, nlohmann::json fields)
      : m_job(std::move(job)), m_json(std::move(fields)) {}
  const nlohmann::json& take(const std::string& field);
  [[noreturn]] void fail(const std::string& field, std::string_view expected) const;

  std::string m_job;
  nlohmann::json m_json;
  std::set<std::string> m_taken;
};

}  // namespace pinnace::jobs
