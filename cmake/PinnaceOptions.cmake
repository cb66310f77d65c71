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
if(PINNACE_FUZZ)
  target_compile_options(pinnace_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
target_compile_definitions(pinnace_options INTERFACE PINNACE_VERSION="${PROJECT_VERSION}")
target_include_directories(pinnace_options INTERFACE "${PROJECT_SOURCE_DIR}/core")

# Libraries are linked statically: what is shipped needs nothing but libc and starts in a millisecond
# (docs/decisions/0003-static-libraries.md).
set(OPENSSL_USE_STATIC_LIBS ON)
set(ZLIB_USE_STATIC_LIBS ON)
if(NOT PINNACE_SANITIZE)
  target_link_options(pinnace_options INTERFACE -static-libstdc++ -static-libgcc)
endif()

# What scripts/build-libraries made.
set(PINNACE_DEPS "${PROJECT_SOURCE_DIR}/build/deps/${CMAKE_LIBRARY_ARCHITECTURE}")
if(NOT EXISTS "${PINNACE_DEPS}/lib/libisal.a")
  message(FATAL_ERROR "${PINNACE_DEPS} has no libraries: run scripts/setup build first")
endif()

# pinnace_precompile(TARGET): all targets share one precompiled header; it needs to be in no source's #include.
function(pinnace_precompile target)
  if(NOT PINNACE_PCH)
    return()
  endif()
  if(NOT TARGET pinnace_pch)
    file(WRITE "${CMAKE_BINARY_DIR}/pch.cpp" "")
    add_library(pinnace_pch OBJECT "${CMAKE_BINARY_DIR}/pch.cpp")
    target_link_libraries(pinnace_pch PUBLIC pinnace_options nlohmann_json::nlohmann_json)
    target_precompile_headers(pinnace_pch PRIVATE <algorithm> <chrono> <filesystem> <functional> <map> <memory>
      <optional> <span> <string> <string_view> <thread> <variant> <vector> <nlohmann/json.hpp>)
  endif()
  target_compile_options(${target} PRIVATE -fPIC)  # as the header has it; CMake compiles programs with -fPIE
  target_precompile_headers(${target} REUSE_FROM pinnace_pch)
endfunction()

# pinnace_static_library(yaml-cpp): an imported target pinnace_static_yaml-cpp of libyaml-cpp.a.
function(pinnace_static_library name)
  find_library(file lib${name}.a REQUIRED NO_CACHE HINTS "${PINNACE_DEPS}/lib" CMAKE_FIND_ROOT_PATH_BOTH)
  add_library(pinnace_static_${name} STATIC IMPORTED GLOBAL)
  set_target_properties(pinnace_static_${name} PROPERTIES IMPORTED_LOCATION "${file}"
    INTERFACE_INCLUDE_DIRECTORIES "${PINNACE_DEPS}/include")
endfunction()

find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
pinnace_static_library(bz2)
pinnace_static_library(deflate)
pinnace_static_library(isal)
pinnace_static_library(lzma)
pinnace_static_library(sqlite3)
pinnace_static_library(yaml-cpp)
pinnace_static_library(zstd)
find_package(CURL CONFIG REQUIRED PATHS "${PINNACE_DEPS}" NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
