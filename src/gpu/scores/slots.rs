//! The places of a batch's samples among the stored scores.

use super::Stored;
use crate::error::Error;
use crate::statistic::Plan;
use wgpu::BindGroup;

/// The places of the stored scores of a view's samples; none if no scores are stored or they were
/// dropped.
#[derive(Debug)]
pub(in crate::gpu) struct ScoreSlots {
    /// The total of the view.
    pub view: usize,
    /// For each family, one bind group per total; empty if the plan stores no scores.
    families: Vec<Vec<Option<BindGroup>>>,
}

impl ScoreSlots {
    /// Reserves places for samples of a view, and for all binary problems of these.
    pub fn reserve(
        plan: &Plan,
        mut stored: Option<&mut Stored>,
        view: usize,
        samples: usize,
        is_encoded: bool,
    ) -> Result<Self, Error> {
        let mut families = Vec::new();
        if plan.number_of_stored() == 0 {
            return Ok(Self { view, families });
        }
        for family in &plan.families {
            let totals = match family.kind.is_view() {
                false => family.totals.clone(),
                true if family.totals.contains(&view) => view..view + 1,
                true => 0..0,
            };
            let mut slots = Vec::new();
            if family.stores() {
                let stored = stored.as_mut();
                let stored = stored.ok_or_else(|| Error::internal("no memory for scores"))?;
                for total in totals {
                    slots.push(stored.reserve(family, total, samples, is_encoded)?);
                }
            }
            families.push(slots);
        }
        Ok(Self { view, families })
    }

    /// The places of a family's scores.
    pub fn of_family(&self, index: usize) -> &[Option<BindGroup>] {
        self.families.get(index).map_or(&[], Vec::as_slice)
    }
}
