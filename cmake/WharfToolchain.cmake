# Compiler flags, ccache and a fast linker where they are present.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD AND NOT CMAKE_CROSSCOMPILING) # what cross-compiles brings its own linker
  add_link_options(-fuse-ld=mold)
endif()
add_compile_options(-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers -fdiagnostics-color=always)
if(WHARF_WERROR)
  add_compile_options(-Werror)
endif()
# Drop the checkout's own path from the binary: the same sources give the same bytes anywhere.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
add_compile_options(-ffunction-sections -fdata-sections)
add_link_options(-Wl,--gc-sections -Wl,--as-needed)
