// SPDX-License-Identifier: GPL-3.0-or-later
// A plain driver for the fuzz targets where clang's libFuzzer is not there: mutates the seed files given for some seconds.
// mutate_main SECONDS [SEED-FILE…]; the input that crashes is left in crash.bin.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t count);

namespace {

std::string mutated(std::string text, std::mt19937_64 &random, const std::vector<std::string> &seeds) {
    static const std::string pieces[] = {"\"", "\"\"", ",", ";", "\n", "\r\n", "\t", "#", "-999", "NA", "1e400", "-", ".", "2013-01-01T00:00Z", std::string(1, '\0'), "\xff\xfe", "\xef\xbb\xbf", "-BEGIN HEADER-\n", "-END HEADER-\n", "9999999999999999", "a,b\n"};
    const auto below = [&](std::size_t n) { return n ? std::size_t(random() % n) : 0; };
    for (std::size_t change = 0; change < 1 + below(8); ++change) {
        const std::size_t at = below(text.size() + 1);
        switch (below(6)) {
        case 0: text.insert(at, pieces[below(std::size(pieces))]); break;
        case 1: text.erase(at, below(20)); break;
        case 2: if (at < text.size()) text[at] = char(random()); break;
        case 3: text.insert(at, text.substr(below(text.size()), below(200))); break;
        case 4: text.resize(at); break;
        default: { const std::string &other = seeds[below(seeds.size())]; text.insert(at, other.substr(below(other.size()), below(300))); }
        }
    }
    return text.substr(0, 20000);
}

} // namespace

int main(int argc, char **argv) {
    if (argc < 2)
        return 2;
    std::vector<std::string> seeds{std::string("\0\0a,b,c\n1,x,2013-01-01\n2.5,\"y, \"\"z\"\"\",\n", 40)};
    for (int i = 2; i < argc; ++i) {
        std::ifstream file(argv[i], std::ios::binary);
        seeds.push_back(std::string(2, '\0') + std::string(std::istreambuf_iterator<char>(file), {}).substr(0, 5000));
    }
    std::mt19937_64 random(7);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(std::atoi(argv[1]));
    long runs = 0;
    for (; std::chrono::steady_clock::now() < until; ++runs) {
        std::string input = mutated(seeds[std::size_t(random() % seeds.size())], random, seeds);
        if (input.size() >= 2 && random() % 4)
            input[0] = input[1] = '\0';
        std::ofstream("crash.bin", std::ios::binary | std::ios::trunc) << input;
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t *>(input.data()), input.size());
    }
    std::remove("crash.bin");
    std::printf("%ld inputs, none crashed\n", runs);
    return 0;
}
