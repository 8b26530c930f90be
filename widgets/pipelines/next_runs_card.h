// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/schedule.h"
#include "widgets/base/card.h"

#include <vector>

class QGridLayout;

namespace pilothouse::ui {

class Button;

/// What begins by itself next (board 05): name, local time and how long until then; what is switched off stands below, grey. Time of day in the local zone.
class NextRunsCard : public Card {
    Q_OBJECT
public:
    explicit NextRunsCard(QWidget *parent = nullptr);
    void setSchedules(const std::vector<pipelines::Schedule> &schedules, const QDateTime &now);
    static constexpr std::size_t shown = 6;

Q_SIGNALS:
    void opened(); ///< all of them are wanted

private:
    QGridLayout *m_rows;
    Button *m_all;
    QString m_was; ///< what stands there: the same again costs nothing
};

/// The next of them first, then those whose time is not known, then those that are off. Pure.
std::vector<pipelines::Schedule> byNext(std::vector<pipelines::Schedule> schedules);
/// "02:00, in 11 h", "Mon 02:00, in 2 d", "switched off", "not known". Pure.
QString nextWords(const pipelines::Schedule &schedule, const QDateTime &now);
/// The last part of a pipeline's name: "IrisExp" of "kubeflow:IrisExp". Pure.
QString scheduleTitle(const pipelines::Schedule &schedule);

} // namespace pilothouse::ui
