#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.hpp"
#include "jobs/list.hpp"

namespace pinnace::jobs {
namespace {

using base::Error;
using base::ErrorCode;

std::string open_error(std::string_view job, std::string_view request) {
  try {
    open_job(job, request, nullptr);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_input) << error.what();
    return error.what();
  }
  return "opened";
}

struct BadRequest {
  const char* job;
  std::string request;
  const char* expected;
};

class BadRequestTest : public testing::TestWithParam<BadRequest> {};

TEST_P(BadRequestTest, IsRefusedBeforeAnyWork) {
  const std::string message = open_error(GetParam().job, GetParam().request);
  EXPECT_NE(message.find(GetParam().expected), std::string::npos) << message;
}

constexpr const char* k_gc = "gc";

TEST(Requests, OfProgramsFromBeforeAFieldCameAreGood) {
  const std::string start = R"({"version":1,"store":"s","registries":null,)";
  EXPECT_EQ(open_error("gc", start + R"("layout":null,"cacheSize":null})"), "opened");
  EXPECT_EQ(open_error("copy", start + R"("environments":null,"source":"oci:a","target":"oci:b",)" +
                                   R"("referrers":false,"parallel":1})"),
            "opened");
  EXPECT_EQ(open_error("run", start + R"("image":"oci:a","platform":null,"command":[],)" +
                                  R"("environment":{},"user":null,"directory":null,"ports":[],)" +
                                  R"("volumes":[],"waitHttp":null,"waitPort":null,)" +
                                  R"("waitSeconds":null,"sandbox":null})"),
            "opened");
  EXPECT_EQ(
      open_error("build",
                 start + R"("definition":"Containerfile","context":null,"lock":null,)" +
                     R"("locked":false,"plan":false,"check":false,"target":null,"buildArgs":{},)" +
                     R"("platforms":[],"tags":[],"labels":{},"compression":null,)" +
                     R"("sourceDateEpoch":0,"threads":2,"noCache":true,"cacheFrom":[],)" +
                     R"("cacheTo":null,"cacheSize":null,"verifyReproducible":false,"secrets":{},)" +
                     R"("sshAgents":{},"sandbox":null})"),
      "opened");
}

INSTANTIATE_TEST_SUITE_P(
    All, BadRequestTest,
    testing::Values(
        BadRequest{"fly", "{}", "unknown job \"fly\", expected one of attest, build, copy, diff"},
        BadRequest{k_gc, "", "line 1"}, BadRequest{k_gc, "[]", "expected a JSON object"},
        BadRequest{k_gc, "{", "line 1"}, BadRequest{k_gc, "{}", "version"},
        BadRequest{k_gc, R"({"version":2})", "version 1"},
        BadRequest{k_gc, R"({"version":"1"})", "version 1"},
        BadRequest{k_gc, R"({"version":1})", "store: expected the field"},
        BadRequest{k_gc, R"({"version":1,"store":7,"registries":null,"layout":null})",
                   "store: expected a string"},
        BadRequest{k_gc, R"({"version":1,"store":null,"registries":null,"layout":null})",
                   "store: expected a string"},
        BadRequest{k_gc, R"({"version":1,"store":"a\u0000b","registries":null,"layout":null})",
                   "without NUL"},
        BadRequest{
            k_gc,
            R"({"version":1,"store":"s","registries":null,"layout":null,"cacheSize":null,"olderThan":null,"all":false,"more":1})",
            "unknown field \"more\""},
        BadRequest{
            k_gc,
            R"({"version":1,"store":"s","registries":null,"layout":"host/x","cacheSize":null,"olderThan":null,"all":false})",
            "expected oci:DIR"},
        BadRequest{
            k_gc,
            R"({"version":1,"store":"s","registries":null,"layout":"oci:d:tag","cacheSize":null,"olderThan":null,"all":false})",
            "expected oci:DIR"},
        BadRequest{"ping", R"({"version":1,"store":"s","registries":null,"registry":"plain/path"})",
                   "expected host[:port]"},
        BadRequest{"ping",
                   R"({"version":1,"store":"s","registries":null,"registry":"host:5000/x:tag"})",
                   "expected host[:port]"},
        BadRequest{
            "copy",
            R"({"version":1,"store":"s","registries":null,"environments":null,"source":"UPPER","target":"oci:d","referrers":false,"repair":false,"parallel":1})",
            "UPPER"},
        BadRequest{
            "copy",
            R"({"version":1,"store":"s","registries":null,"environments":null,"source":"a/b","target":"oci:d","referrers":"no","repair":false,"parallel":1})",
            "referrers: expected true or false"},
        BadRequest{
            "copy",
            R"({"version":1,"store":"s","registries":null,"environments":null,"source":"a/b","target":"oci:d","referrers":false,"repair":false,"parallel":0})",
            "parallel: expected an integer from 1 to 64"},
        BadRequest{
            "copy",
            R"({"version":1,"store":"s","registries":null,"environments":null,"source":"a/b","target":"oci:d","referrers":false,"repair":false,"parallel":18446744073709551615})",
            "parallel: expected an integer from 1 to 64"},
        BadRequest{
            "copy",
            R"({"version":1,"store":"s","registries":null,"environments":null,"source":"a/b","target":"oci:d@sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","referrers":false,"repair":false,"parallel":1})",
            "has a digest"},
        BadRequest{
            "inspect",
            R"({"version":1,"store":"s","registries":null,"environments":null,"references":"x","digestOnly":true})",
            "references: expected a list of strings"},
        BadRequest{
            "inspect",
            R"({"version":1,"store":"s","registries":null,"environments":null,"references":[1],"digestOnly":true})",
            "references: expected a list of strings"}));

/// An object of a run request, of which names and values reach the operating system as texts in C.
std::string run_error(const std::string& environment) {
  return open_error(
      "run",
      R"({"version":1,"store":"s","registries":null,"sandbox":null,"image":"i","platform":null,"command":null,"user":null,"directory":null,"ports":null,"volumes":null,"waitHttp":null,"waitPort":null,"waitSeconds":null,"stopSeconds":null,"environment":)" +
          environment + "}");
}

TEST(Request, NamesAndValuesOfAnObjectAreWhatTheySeem) {
  EXPECT_EQ(run_error(R"({"A": "x=y", "b.c": ""})"), "opened");
  for (const std::string bad : {R"({"A": "x\u0000y"})", R"({"A\u0000B": "x"})"})
    EXPECT_NE(run_error(bad).find("environment: expected strings without NUL"), std::string::npos)
        << run_error(bad);
  EXPECT_NE(run_error(R"({"": "x"})").find("not empty"), std::string::npos);
  EXPECT_NE(run_error(R"({"A=B": "x"})").find("names of variables"), std::string::npos);
}

TEST(Request, AContainerMayBeOfAnEnvironment) {
  const std::string rest =
      R"("version":1,"store":"s","registries":null,"sandbox":null,"platform":null,"command":null,"user":null,"directory":null,"ports":)";
  const std::string end =
      R"(,"volumes":null,"waitHttp":null,"waitPort":null,"waitSeconds":null,"stopSeconds":null,"environment":{}})";
  EXPECT_EQ(open_error("run", R"({"image":"env:test/web:1",)" + rest + "null" + end), "opened");
  EXPECT_NE(open_error("run", R"({"image":"Web",)" + rest + "null" + end).find("\"Web\""),
            std::string::npos);
}

TEST(Request, DeepNestingIsAnErrorNotACrash) {
  const std::string deep(100'000, '[');
  EXPECT_NE(open_error("gc", deep), "opened");
}

TEST(ErrorJson, WhatTheFileSystemRefusesIsIo) {
  const std::filesystem::filesystem_error error("cannot create directories",
                                                std::make_error_code(std::errc::permission_denied));
  EXPECT_NE(job::error_json(error).find(R"("code":"io")"), std::string::npos)
      << job::error_json(error);
}

}  // namespace
}  // namespace pinnace::jobs
