// SPDX-License-Identifier: GPL-3.0-or-later
// The drift panel's days as a file: what the heat map draws.
#include "widgets/drift/drift_days_export.h"

#include "widgets/base/card.h"
#include "widgets/base/confusion_view.h"
#include "widgets/base/export.h"
#include "widgets/drift/drift_panel.h"

#include <cmath>

namespace pilothouse::ui {

QByteArray daysCsv(const fleet::DriftDays &days) {
    QByteArray out = "input,day,rows,psi\n";
    for (std::size_t column = 0; column < days.columns.size(); ++column)
        for (std::size_t day = 0; day < days.days.size(); ++day)
            out += csvField(days.columns[column]) + ',' + days.days[day].toString(Qt::ISODate).toUtf8() + ',' + (day < days.rows.size() ? QByteArray::number(qulonglong(days.rows[day])) : QByteArray()) + ',' +
                   csvNumber(column < days.effect.size() && day < days.effect[column].size() ? days.effect[column][day] : std::nan("")) + '\n';
    return out;
}

void DriftPanel::addDayExport() {
    Export give;
    give.what = tr("PSI by day");
    give.name = [this] { return QStringLiteral("psi-by-day-") + m_model; };
    give.csv = [this]() -> ExportBytes { return [days = m_dayValues] { return days ? daysCsv(*days) : QByteArray(); }; };
    give.png = [this] { return pngOf(*m_days); };
    give.svg = [this] { return svgOf(*m_days); };
    give.blocked = [this] { return m_dayValues ? QString() : tr("There is no day yet."); };
    addExport(context(), this, id(), QStringLiteral("drift.days"), give);
    m_saveDays = new ExportButton(actions(), exportActions(QStringLiteral("drift.days"), true));
    m_saveDays->setObjectName(QStringLiteral("saveDays"));
    m_daysCard->addTool(m_saveDays);
}

} // namespace pilothouse::ui
