# Third-party libraries, each as one interface target, so that a layer names what it may use.
# Boost, yaml-cpp and SQLite are linked statically: the light commands start in a few milliseconds.
if(WHARF_ENGINE_ONLY)
  # Nothing but headers, which are the same for every processor. Boost.JSON's sources are headers too.
  find_package(Threads REQUIRED)
  add_library(lib_spirit INTERFACE)
  target_compile_definitions(lib_spirit INTERFACE BOOST_SPIRIT_X3_NO_FILESYSTEM)
  add_library(lib_fmt INTERFACE)
  target_compile_definitions(lib_fmt INTERFACE FMT_HEADER_ONLY=1)
  file(WRITE ${CMAKE_BINARY_DIR}/boost_json.cpp "#include <boost/json/src.hpp>\n")
  add_library(lib_json STATIC ${CMAKE_BINARY_DIR}/boost_json.cpp)
  target_compile_options(lib_json PRIVATE -w)
  add_library(lib_pugixml INTERFACE) # not built here: see WharfLayer
  return()
endif()

set(Boost_USE_STATIC_LIBS ON)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(Threads REQUIRED)

# header-only parts of Boost: Spirit, Asio, Beast
add_library(lib_spirit INTERFACE)
target_link_libraries(lib_spirit INTERFACE Boost::headers)
target_compile_definitions(lib_spirit INTERFACE BOOST_SPIRIT_X3_NO_FILESYSTEM)

add_library(lib_json INTERFACE)
target_link_libraries(lib_json INTERFACE Boost::json)

# fmt has no static archive in Debian; header-only keeps it out of the list of loaded libraries.
add_library(lib_fmt INTERFACE)
find_package(fmt REQUIRED)
target_link_libraries(lib_fmt INTERFACE fmt::fmt-header-only)

function(wharf_static_library target archive header)
  find_library(${target}_ARCHIVE NAMES ${archive} REQUIRED)
  find_path(${target}_INCLUDE ${header} REQUIRED)
  add_library(${target} INTERFACE)
  target_link_libraries(${target} INTERFACE ${${target}_ARCHIVE} ${ARGN})
  target_include_directories(${target} SYSTEM INTERFACE ${${target}_INCLUDE})
endfunction()

wharf_static_library(lib_yaml libyaml-cpp.a yaml-cpp/yaml.h)
wharf_static_library(lib_pugixml libpugixml.a pugixml.hpp)
wharf_static_library(lib_sqlite libsqlite3.a sqlite3.h ${CMAKE_DL_LIBS} Threads::Threads m)

# Abseil's time zones, statically: the light commands check schedules and must not load a library for it.
set(abseil_archives "")
foreach(name time civil_time time_zone strings strings_internal int128 throw_delegate base spinlock_wait raw_logging_internal log_severity)
  find_library(ABSL_${name}_ARCHIVE NAMES libabsl_${name}.a REQUIRED)
  list(APPEND abseil_archives ${ABSL_${name}_ARCHIVE})
endforeach()
find_path(ABSL_INCLUDE absl/time/time.h REQUIRED)
add_library(lib_time_zones INTERFACE)
target_link_libraries(lib_time_zones INTERFACE ${abseil_archives} Threads::Threads)
target_include_directories(lib_time_zones SYSTEM INTERFACE ${ABSL_INCLUDE})

find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBSSH2 REQUIRED IMPORTED_TARGET libssh2)
add_library(lib_ssh2 INTERFACE)
target_link_libraries(lib_ssh2 INTERFACE PkgConfig::LIBSSH2)
pkg_check_modules(LIBSSH REQUIRED IMPORTED_TARGET libssh)
add_library(lib_ssh INTERFACE)
target_link_libraries(lib_ssh INTERFACE PkgConfig::LIBSSH)

find_package(OpenSSL REQUIRED)
add_library(lib_openssl INTERFACE)
target_link_libraries(lib_openssl INTERFACE OpenSSL::SSL OpenSSL::Crypto)

find_package(ZLIB REQUIRED)
add_library(lib_zlib INTERFACE)
target_link_libraries(lib_zlib INTERFACE ZLIB::ZLIB)
find_package(LibArchive REQUIRED)
add_library(lib_archive INTERFACE)
target_link_libraries(lib_archive INTERFACE LibArchive::LibArchive)
find_package(CURL REQUIRED)
add_library(lib_curl INTERFACE)
target_link_libraries(lib_curl INTERFACE CURL::libcurl)

add_library(lib_asio INTERFACE)
target_link_libraries(lib_asio INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(lib_asio INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)

add_library(lib_cli11 INTERFACE)
find_path(CLI11_INCLUDE CLI/CLI.hpp REQUIRED)
target_include_directories(lib_cli11 SYSTEM INTERFACE ${CLI11_INCLUDE})
