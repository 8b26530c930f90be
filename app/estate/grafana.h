// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/estate/stand_in.h"

#include <QJsonArray>

namespace pilothouse::estate {

/// A Grafana whose own Alertmanager speaks the v2 API below /api/alertmanager/grafana (BACKEND_APIS.md 3.8), with the rule "Iris No Data Alert" of SYSTEMS.md §4.
/// Service account token "glsa_estate" (Bearer). A rule's state is one of Normal, Alerting, Pending, NoData, Error, Recovering; Alerting, NoData and Error are alerts.
/// Control: state {"rule", "state"} · rule {"name", "folder", "group", "labels"}
class Grafana final : public StandIn {
public:
    Grafana();
    QString name() const override { return QStringLiteral("grafana"); }
    Answer answer(const Call &call) override;
    QJsonObject control(const QString &verb, const QJsonObject &details) override;
    QJsonObject state() const override { return {{QStringLiteral("rules"), m_rules}, {QStringLiteral("silences"), m_silences}, {QStringLiteral("nextSilence"), m_nextSilence}}; }
    void restore(const QJsonObject &state) override;

private:
    QJsonArray alerts(const Call &call) const;
    QJsonArray rules() const;
    Answer silences(const Call &call, const QString &path);
    QStringList silencedBy(const QJsonObject &labels) const;
    QJsonObject labelsOf(const QJsonObject &rule) const;

    QJsonArray m_rules, m_silences;
    int m_nextSilence = 1;
};

} // namespace pilothouse::estate
