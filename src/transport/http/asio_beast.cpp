// Asio and the one part of Beast we use, compiled here once (BOOST_ASIO_SEPARATE_COMPILATION); every other file only
// sees declarations.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
