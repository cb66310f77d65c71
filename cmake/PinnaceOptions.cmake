# Compile and link options that every target of ours shares.
add_library(pinnace_options INTERFACE)
target_compile_options(pinnace_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Woverloaded-virtual -fvisibility=hidden)
if(PINNACE_WERROR)
  target_compile_options(pinnace_options INTERFACE -Werror)
endif()
if(PINNACE_SANITIZE)
  target_compile_options(pinnace_options INTERFACE
    -fsanitize=${PINNACE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(pinnace_options INTERFACE -fsanitize=${PINNACE_SANITIZE})
endif()
target_compile_definitions(pinnace_options INTERFACE PINNACE_VERSION="${PROJECT_VERSION}")
target_include_directories(pinnace_options INTERFACE "${PROJECT_SOURCE_DIR}/core")

find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(CURL 7.88 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(libdeflate REQUIRED IMPORTED_TARGET libdeflate)
pkg_check_modules(isal REQUIRED IMPORTED_TARGET libisal)
