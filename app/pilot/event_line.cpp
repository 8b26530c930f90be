// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/event_line.h"

namespace pilothouse {

QString eventLine(const Event &event, int &lastTenth) {
    using Q = QLatin1String;
    const auto text = [&](const char *key) { return event.fields.value(Q(key)).toVariant().toString(); };
    if (event.name == Q("log"))
        return QStringLiteral("%1: %2").arg(text("level"), text("text"));
    if (event.name == Q("stage"))
        return QStringLiteral("%1 %2").arg(text("name"), text("state"));
    if (event.name == Q("checkpoint"))
        return QStringLiteral("checkpoint at step %1: %2").arg(text("step"), text("path"));
    const double total = event.fields.value(Q("total")).toDouble();
    if (event.name != Q("progress") || total <= 0)
        return {};
    const int tenth = int(10 * event.fields.value(Q("done")).toDouble() / total);
    if (tenth == lastTenth)
        return {};
    lastTenth = tenth;
    return QStringLiteral("%1 %, %2 of %3 %4").arg(tenth * 10).arg(text("done"), text("total"), text("unit"));
}

} // namespace pilothouse
