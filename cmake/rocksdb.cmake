# RocksDB linked so that programs that open no store start no slower.
#
# Its 150 static constructors fill tables of options and cost every start a millisecond of CPU (the shared library costs
# five). They are moved into a section of their own, which storage/rocksdb_start.cpp runs before the first store opens.
find_library(NOODLE_ROCKSDB_ARCHIVE librocksdb.a)
find_program(OBJCOPY NAMES ${CMAKE_OBJCOPY} objcopy)
if(NOODLE_ROCKSDB_ARCHIVE AND OBJCOPY AND NOT NOODLE_FUZZ)
  set(deferred ${CMAKE_BINARY_DIR}/librocksdb_deferred.a)
  add_custom_command(OUTPUT ${deferred}
    COMMAND ${OBJCOPY} --rename-section .init_array=rocksdb_constructors,alloc,load,data,contents
      ${NOODLE_ROCKSDB_ARCHIVE} ${deferred}
    DEPENDS ${NOODLE_ROCKSDB_ARCHIVE} VERBATIM)
  add_custom_target(rocksdb_deferred DEPENDS ${deferred})
  add_library(noodle_rocksdb INTERFACE)
  add_dependencies(noodle_rocksdb rocksdb_deferred)
  target_compile_definitions(noodle_rocksdb INTERFACE NOODLE_DEFERRED_ROCKSDB)
  target_link_libraries(noodle_rocksdb INTERFACE ${deferred})
  foreach(name snappy lz4 zstd z bz2)
    find_library(NOODLE_LIB_${name} NAMES lib${name}.a ${name} REQUIRED)
    target_link_libraries(noodle_rocksdb INTERFACE ${NOODLE_LIB_${name}})
  endforeach()
  target_link_libraries(noodle_rocksdb INTERFACE Threads::Threads ${CMAKE_DL_LIBS})
else()
  find_package(RocksDB REQUIRED)
  add_library(noodle_rocksdb INTERFACE)
  target_link_libraries(noodle_rocksdb INTERFACE RocksDB::rocksdb)
endif()
