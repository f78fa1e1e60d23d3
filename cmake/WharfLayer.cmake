# add_layer(NAME [DEPENDS layer…] [LIBS lib…])
#
# One static library per layer of docs/architecture.md, made of all sources below src/NAME.
# A layer may depend only on layers that stand before it in WHARF_LAYERS; store, transport and
# delivery are siblings and may not name each other. For every layer a small program is linked from
# the whole archive and the declared dependencies alone, so that a forbidden call fails to link
# even though the final program has every layer in it.
set(WHARF_LAYERS base diagnostic syntax grammar document translator partner linter store transport delivery gateway workflow api)
set(WHARF_SIBLINGS store transport delivery)

file(WRITE ${CMAKE_BINARY_DIR}/link_check.cpp "int main() { return 0; }\n")

function(add_layer name)
  cmake_parse_arguments(LAYER "" "" "DEPENDS;LIBS" ${ARGN})
  list(FIND WHARF_LAYERS ${name} own_place)
  if(own_place EQUAL -1)
    message(FATAL_ERROR "add_layer(${name}): not a layer of docs/architecture.md")
  endif()
  foreach(dependency IN LISTS LAYER_DEPENDS)
    list(FIND WHARF_LAYERS ${dependency} place)
    if(place EQUAL -1 OR NOT place LESS own_place)
      message(FATAL_ERROR "add_layer(${name}): may not depend on ${dependency}, which does not stand above it")
    endif()
    if(name IN_LIST WHARF_SIBLINGS AND dependency IN_LIST WHARF_SIBLINGS)
      message(FATAL_ERROR "add_layer(${name}): ${dependency} is a sibling; only gateway joins them")
    endif()
  endforeach()

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  if(WHARF_ENGINE_ONLY)
    list(FILTER sources EXCLUDE REGEX "/syntax/xml/") # needs a library
  endif()
  if(NOT sources)
    return()
  endif()
  add_library(wharf_${name} STATIC ${sources})
  target_include_directories(wharf_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  set(layers "")
  foreach(dependency IN LISTS LAYER_DEPENDS)
    if(TARGET wharf_${dependency})
      list(APPEND layers wharf_${dependency})
    endif()
  endforeach()
  target_link_libraries(wharf_${name} PUBLIC ${layers} PRIVATE ${LAYER_LIBS})

  if(WHARF_TESTS)
    add_executable(link_check_${name} ${CMAKE_BINARY_DIR}/link_check.cpp)
    target_link_libraries(link_check_${name} PRIVATE
      -Wl,--no-gc-sections -Wl,--whole-archive $<TARGET_FILE:wharf_${name}> -Wl,--no-whole-archive ${layers} ${LAYER_LIBS})
    add_dependencies(link_check_${name} wharf_${name})
    set_target_properties(link_check_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/link_checks)
  endif()
endfunction()
