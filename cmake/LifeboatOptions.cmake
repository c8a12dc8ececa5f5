# One INTERFACE target carries the language level and the warnings; presets add -Werror.
add_library(lifeboat_options INTERFACE)
target_compile_features(lifeboat_options INTERFACE cxx_std_20)
target_include_directories(lifeboat_options INTERFACE ${CMAKE_SOURCE_DIR}/lib)
target_compile_definitions(lifeboat_options INTERFACE LIFEBOAT_VERSION="${PROJECT_VERSION}")
target_compile_options(lifeboat_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wswitch-enum)

# lifeboat_module(NAME SOURCES a.cpp b.cpp LINKS lifeboat::base ...)
# declares the static library lifeboat_NAME and its alias lifeboat::NAME.
function(lifeboat_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS;PRIVATE_LINKS")
  add_library(lifeboat_${name} STATIC ${arg_SOURCES})
  add_library(lifeboat::${name} ALIAS lifeboat_${name})
  target_link_libraries(lifeboat_${name} PUBLIC lifeboat_options ${arg_LINKS}
                        PRIVATE ${arg_PRIVATE_LINKS})
endfunction()

# What scripts/test --label unit builds: the tests of that label, wherever they are.
add_custom_target(unit_tests)

# lifeboat_test(NAME SOURCES x_test.cpp LINKS lifeboat::x LABELS unit)
# declares one GoogleTest executable, registered with CTest as NAME.
function(lifeboat_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;LINKS;LABELS")
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_executable(${name} ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(${name} PRIVATE lifeboat_options ${arg_LINKS} GTest::gtest GTest::gmock
                        GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
  if("unit" IN_LIST arg_LABELS)
    add_dependencies(unit_tests ${name})
  endif()
endfunction()
