// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/labels_look.h"

#include <QJsonDocument>

namespace pilothouse::serving {

using Q = QLatin1String;

const QString labelsLookKey = QStringLiteral("labels_source");

QString LabelsLook::sentence() const {
    if (!problem.isEmpty())
        return QStringLiteral("The labels of %1 could not be read; those that were taken before stay: %2").arg(source, problem);
    QString text = taken == 0 ? QStringLiteral("%1: no new label").arg(source) : taken == 1 ? QStringLiteral("%1: 1 new label").arg(source) : QStringLiteral("%1: %2 new labels").arg(source).arg(taken);
    if (unknown > 0)
        text += QStringLiteral(", %1 of predictions that the log does not hold").arg(unknown);
    if (refused > 0)
        text += QStringLiteral(", %1 refused (%2)").arg(refused).arg(whyRefused);
    return text + QLatin1Char('.');
}

QJsonObject LabelsLook::toJson() const {
    return {{Q("source"), source}, {Q("at"), atMs}, {Q("taken"), taken}, {Q("standing"), standing}, {Q("unknown"), unknown}, {Q("refused"), refused}, {Q("why_refused"), whyRefused}, {Q("problem"), problem}};
}

LabelsLook LabelsLook::fromJson(const QJsonObject &object) {
    const auto count = [&](const char *key) { return object.value(Q(key)).toInteger(); };
    return {object.value(Q("source")).toString(), count("at"), count("taken"), count("standing"), count("unknown"), count("refused"), object.value(Q("why_refused")).toString(), object.value(Q("problem")).toString()};
}

Result<std::optional<LabelsLook>> lastLabelsLook(Database &database) {
    std::optional<LabelsLook> look;
    PH_TRY(database.query(QStringLiteral("SELECT value FROM state WHERE key=?1"), [](Statement &s) { s.bind(1, labelsLookKey); },
                          [&](const Statement &s) { look = LabelsLook::fromJson(QJsonDocument::fromJson(s.blob(0)).object()); }));
    return look;
}

} // namespace pilothouse::serving
