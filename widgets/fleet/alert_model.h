// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/panel.h"

#include <QAbstractListModel>

#include <optional>

namespace pilothouse::ui {

/// What an alert is about and how far it is.
struct Alert {
    enum Group { Firing, Pending, NoData, Silenced, Quiet } group = Firing; ///< Silenced: nothing is told of it; Quiet: a limit that is watched and kept
    enum About { Quality, Drift, Staleness, Skew, Other } about = Other;
    State state = State::Bad;
    QString id, title, sentence, model, source;
    QDateTime since;
    QString action, argument; ///< the command that handles it
    std::vector<fleet::InboxWay> more; ///< further ones
    std::optional<fleet::SilencedAlert> silence; ///< of one that is silenced
};

/// Alerts of the local rules: the broken and soon items of the inbox, endpoints that serve something else than the alias says or do not tell, metrics within a
/// twentieth of their limit, and models whose numbers cannot be read. Firing first; bad before late, then newest first. Pure; tested.
std::vector<Alert> alertsOf(const fleet::Snapshot &snapshot);
/// What nothing is told of now, the first that ends first. Pure; tested.
std::vector<Alert> silencedOf(const fleet::Snapshot &snapshot);
/// What is watched and kept: own alert rules, and quality, drift, age and what the endpoint serves, of each live model. Pure; tested.
std::vector<Alert> quietRulesOf(const fleet::Snapshot &snapshot);

/// Alerts under their group headings.
class AlertModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;
    void setAlerts(std::vector<Alert> alerts, const QDateTime &now);
    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(m_lines.size()); }
    QVariant data(const QModelIndex &index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    const Alert *find(const QString &id) const;
    int count(Alert::Group group) const;

private:
    struct Line {
        int alert = -1; ///< −1: heading
        QString heading;
        int count = 0;
    };
    std::vector<Alert> m_alerts;
    std::vector<Line> m_lines;
    QDateTime m_now;
};

} // namespace pilothouse::ui
