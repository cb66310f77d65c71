#include "jobs/request.hpp"

#include "base/error.hpp"
#include "jobs/job.hpp"
#include "json/json.hpp"

namespace pinnace::jobs {

using base::Error;
using base::ErrorCode;
using Json = nlohmann::json;

namespace {

/// What came to a job after the first release of this version, and what a
/// request without it means.
const Json &later_fields(const std::string &job) {
  static const Json k_fields = {
      {"build",
       {{"contextModes", nullptr},
        {"environments", nullptr},
        {"metadata", nullptr}}},
      {"copy", {{"repair", false}}},
      {"gc", {{"olderThan", nullptr}, {"all", false}}},
      {"promote", {{"as", nullptr}, {"repair", false}}},
      {"run", {{"stopSeconds", nullptr}}},
  };
  static const Json k_none = Json::object();
  const auto found = k_fields.find(job);
  return found == k_fields.end() ? k_none : *found;
}

} // namespace

RequestReader::RequestReader(std::string_view job, std::string_view request)
    : m_job(job), m_json(json::parse(request, "request of job " + m_job)) {
  if (!m_json.is_object()) {
    throw Error(ErrorCode::invalid_input,
                "request of job " + m_job + ": expected a JSON object");
  }
  const Json &version = take("version");
  if (version != k_protocol_version) {
    fail("version", "version " + std::to_string(k_protocol_version));
  }
  for (const auto &[field, meaning] : later_fields(m_job).items()) {
    if (!m_json.contains(field))
      m_json.emplace(field, meaning);
  }
}

const Json &RequestReader::take(const std::string &field) {
  m_taken.insert(field);
  const auto place = m_json.find(field);
  if (place == m_json.end())
    fail(field, "the field (null for none)");
  return *place;
}

void RequestReader::fail(const std::string &field,
                         std::string_view expected) const {
  throw Error(ErrorCode::invalid_input, "request of job " + m_job + ": " +
                                            field + ": expected " +
                                            std::string(expected));
}

std::string RequestReader::text(const std::string &field) {
  auto value = optional_text(field);
  if (!value)
    fail(field, "a string");
  return *std::move(value);
}

std::optional<std::string>
RequestReader::optional_text(const std::string &field) {
  const Json &value = take(field);
  if (value.is_null())
    return std::nullopt;
  if (!value.is_string())
    fail(field, "a string or null");
  auto text = value.get<std::string>();
  if (text.find('\0') != std::string::npos)
    fail(field, "a string without NUL");
  return text;
}

std::optional<std::int64_t>
RequestReader::optional_integer(const std::string &field, std::int64_t least,
                                std::int64_t most) {
  const Json &value = take(field);
  if (value.is_null())
    return std::nullopt;
  const std::string range = "an integer from " + std::to_string(least) +
                            " to " + std::to_string(most) + ", or null";
  if (!value.is_number_integer())
    fail(field, range);
  const auto number = value.get<std::int64_t>();
  const bool wrapped = value.is_number_unsigned() && number < 0;
  if (wrapped || number < least || number > most)
    fail(field, range);
  return number;
}

bool RequestReader::flag(const std::string &field) {
  const Json &value = take(field);
  if (!value.is_boolean())
    fail(field, "true or false");
  return value.get<bool>();
}

std::vector<std::string> RequestReader::texts(const std::string &field) {
  const Json &value = take(field);
  std::vector<std::string> all;
  if (value.is_null())
    return all;
  if (!value.is_array())
    fail(field, "a list of strings, or null");
  for (const Json &item : value) {
    if (!item.is_string())
      fail(field, "a list of strings, or null");
    all.push_back(item.get<std::string>());
    if (all.back().find('\0') != std::string::npos)
      fail(field, "strings without NUL");
  }
  return all;
}

std::map<std::string, std::string>
RequestReader::text_map(const std::string &field) {
  const Json &value = take(field);
  std::map<std::string, std::string> all;
  if (value.is_null())
    return all;
  if (!value.is_object())
    fail(field, "an object of strings, or null");
  for (const auto &[name, item] : value.items()) {
    if (!item.is_string())
      fail(field, "an object of strings, or null");
    auto text = item.get<std::string>();
    if (name.empty())
      fail(field, "names that are not empty");
    if ((name + text).find('\0') != std::string::npos)
      fail(field, "strings without NUL");
    all.emplace(name, std::move(text));
  }
  return all;
}

std::map<std::string, std::string>
RequestReader::variables(const std::string &field) {
  auto all = text_map(field);
  for (const auto &[name, value] : all) {
    if (name.find('=') != std::string::npos)
      fail(field, "names of variables, without \"=\"");
  }
  return all;
}

std::optional<RequestReader>
RequestReader::optional_object(const std::string &field) {
  const Json &value = take(field);
  if (value.is_null())
    return std::nullopt;
  if (!value.is_object())
    fail(field, "an object, or null");
  return RequestReader(m_job + ", " + field, value);
}

void RequestReader::end() const {
  for (const auto &[name, value] : m_json.items()) {
    if (!m_taken.contains(name)) {
      throw Error(ErrorCode::invalid_input, "request of job " + m_job +
                                                ": unknown field \"" +
                                                name.substr(0, 80) + "\"");
    }
  }
}

} // namespace pinnace::jobs
