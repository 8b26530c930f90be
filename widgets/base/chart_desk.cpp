// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/chart_desk.h"

#include "widgets/base/format.h"

#include <QApplication>
#include <QLocale>
#include <QPointer>

namespace pilothouse::ui {

QString ChartDesk::Range::text() const {
    const QDateTime first = shownTime(QDateTime::fromMSecsSinceEpoch(qint64(from * 1000))), last = shownTime(QDateTime::fromMSecsSinceEpoch(qint64(to * 1000)));
    const QString time = to - from < 600 ? QStringLiteral("HH:mm:ss") : QStringLiteral("HH:mm");
    const QString day = QStringLiteral("ddd d MMM ");
    const QLocale locale;
    return QStringLiteral("%1 – %2").arg(locale.toString(first, day + time), locale.toString(last, first.date() == last.date() ? time : day + time));
}

ChartDesk &ChartDesk::of(const QWidget *) {
    static QPointer<ChartDesk> desk; // ends with the application, also where a test makes several
    if (!desk)
        desk = new ChartDesk(qApp);
    return *desk;
}

void ChartDesk::setRange(const std::optional<Range> &range) {
    if (range == m_range || (range && !(range->to > range->from)))
        return;
    m_range = range;
    Q_EMIT rangeChanged();
}

} // namespace pilothouse::ui
