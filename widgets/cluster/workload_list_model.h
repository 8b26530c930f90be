// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/workload_feed.h"
#include "widgets/base/cells.h"

#include <QAbstractListModel>
#include <QDateTime>

#include <map>

namespace pilothouse::ui {

/// How a workload stands, as far as its row tells: glyph, "2/3", a word of what is in the way. Pure.
struct WorkloadStand {
    State state = State::Unknown;
    QString ready;  ///< "2/3", "canary 2/7", "sts 1/1"
    QString reason; ///< empty: nothing is in the way
};
WorkloadStand workloadStand(const cluster::KubeKind &kind, const cluster::KubeRow &row);

/// The list of the Rollouts panel: endpoints of the workspace first, then the workloads of its clusters by namespace and cluster, under headings. A cluster that is not there has a line of
/// its own with the reason. Ids: the model's name of an endpoint, WorkloadId::text(), "cluster|NAME". Changes come as the smallest signals; a thousand lines cost little.
class WorkloadListModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum { ReasonRole = RightStateRole + 1 };
    using QAbstractListModel::QAbstractListModel;
    void setEndpoints(const std::vector<fleet::ModelRow> &models);
    void apply(const QString &connection, const cluster::KubeKind &kind, const cluster::KubeChanges &changes);
    void setSight(const fleet::ClusterSight &sight, const QDateTime &now);
    void setWords(const QString &text); ///< filter: all must occur, any case
    int workloads() const;              ///< of clusters, whether they are shown or not
    static QString clusterId(const QString &connection) { return QStringLiteral("cluster|") + connection; }

    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(m_shown.size()); }
    QVariant data(const QModelIndex &index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;

private:
    struct Key { ///< order of the lines
        int part = 0; ///< 0 endpoints, 1 clusters that are not there, 2 workloads
        QString connection, space, name, kind; ///< a heading has neither name nor kind
        auto operator<=>(const Key &o) const {
            const auto all = [](const Key &k) { return std::tie(k.space, k.connection, k.name, k.kind); };
            return part != o.part ? part <=> o.part : all(*this) < all(o) ? std::strong_ordering::less : all(o) < all(*this) ? std::strong_ordering::greater : std::strong_ordering::equal;
        }
        bool operator==(const Key &o) const = default;
        bool heading() const { return name.isEmpty(); }
    };
    struct Line {
        QString id, text, right, reason, tip, filter;
        State state = State::None;
        bool operator==(const Line &) const = default;
    };
    static Key headingOf(Key key);
    void put(const Key &key, Line line);
    void settle(); ///< what is to be shown is shown
    bool fits(const Line &line) const;
    QVariant headingData(const Key &key, int role) const;
    std::map<Key, Line> m_all; ///< without headings
    std::vector<Key> m_shown;
    QHash<QString, QString> m_old; ///< connection → "2 h old"
    QStringList m_words;
};

} // namespace pilothouse::ui
