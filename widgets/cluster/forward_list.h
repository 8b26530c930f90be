// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/cluster/port_forwards.h"
#include "core/fleet/services.h"
#include "widgets/base/cells.h"

namespace pilothouse::ui {

/// One open port-forward as it is shown.
struct ForwardRow {
    QString id, connection, target, local, pod; ///< target: "service/api in ml, port 80"; local: "127.0.0.1:41873"
    int open = 0, users = 0;
    qint64 connections = 0, received = 0, sent = 0;
    QString problem;    ///< of the newest connection that did not come about
    bool ours = false;  ///< started in this window: it can be stopped here
    bool operator==(const ForwardRow &) const = default;
};

class ForwardModel : public RowsModel<ForwardRow> {
    Q_OBJECT
public:
    enum ColumnIndex { Local, Target, Pod, Open, Received, Sent, Problem };
    explicit ForwardModel(QObject *parent = nullptr);

protected:
    QString key(const ForwardRow &row) const override { return row.id; }
    QVariant cell(const ForwardRow &row, int column, int role) const override;
};

/// What a port-forward is asked for.
struct ForwardWish {
    QString connection, space, target; ///< "pod/web-7d4", "service/api", "deployment/web"
    QString port;                      ///< number or name; empty: where there is one only
    int localPort = 0;                 ///< 0: any that is free
};
/// "connection|namespace|pod", "connection|namespace|service/NAME" or a workload's "connection|kind|namespace|name". Nothing for another text.
std::optional<ForwardWish> forwardWish(const QString &id);

/// The port-forwards that were started in a window: it holds them until they are stopped, or the window goes. One a window (ofWindow()).
class ForwardList : public QObject {
    Q_OBJECT
public:
    explicit ForwardList(Pools &pools, QObject *parent = nullptr);
    ~ForwardList() override;
    /// The one that belongs to `owner`, which is what lives as long as the window; made at first.
    static ForwardList &of(QObject *owner, Pools &pools);
    void start(std::shared_ptr<fleet::Services> services, const ForwardWish &wish);
    void stop(const QString &id);
    std::vector<ForwardRow> rows() const; ///< all of the program: those of endpoints too
    bool isStarting() const { return m_starting > 0; }

Q_SIGNALS:
    void changed();
    void started(const QString &id);
    void failed(const pilothouse::Error &error);

private:
    void release(std::shared_ptr<cluster::PortForward> forward) const; ///< on a pool: it waits for its connections
    Pools &m_pools;
    std::vector<std::shared_ptr<cluster::PortForward>> m_held;
    int m_starting = 0;
    std::stop_source m_stop;
};

} // namespace pilothouse::ui
