// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/run_looks.h"

#include <array>
#include <iterator>

namespace pilothouse::ui {

const std::vector<int> &dashPattern(int dash) {
    static const std::array<std::vector<int>, dashCount> patterns{{{}, {9, 4}, {3, 3}, {10, 3, 3, 3}, {18, 5}, {10, 3, 3, 3, 3, 3}, {18, 4, 8, 4}}};
    return patterns[std::size_t(dash) % dashCount];
}

RunLook runLook(std::size_t run) {
    static constexpr Ink inks[] = {&Tokens::s2, &Tokens::s3, &Tokens::s4, &Tokens::s5, &Tokens::s6, &Tokens::s7, &Tokens::s8, &Tokens::s1};
    return {inks[run % std::size(inks)], int(run / std::size(inks)) % dashCount};
}

QPen runPen(const QColor &ink, int dash, double width) {
    QPen pen(ink, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    if (const auto &pattern = dashPattern(dash); !pattern.empty()) {
        QList<qreal> lengths; // a pen counts in its own width
        for (const int length : pattern)
            lengths << length / width;
        pen.setCapStyle(Qt::FlatCap);
        pen.setDashPattern(lengths);
    }
    return pen;
}

} // namespace pilothouse::ui
