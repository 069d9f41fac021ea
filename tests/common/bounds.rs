//! How far values of rows may be from their formulas, as their files state it.

use weighbridge::statistic::Function;

/// In units of the last place of an `f32`.
pub fn bound_of_rows(function: Function) -> f64 {
    match function {
        Function::TopK | Function::LikelihoodTop => 0.0,
        Function::CategoricalHinge | Function::LikelihoodLoss => 1.0,
        Function::SoftmaxTop => 3.0,
        Function::MeanLikelihoodLoss => 3.0,
        Function::SoftmaxLoss | Function::MeanSoftmaxLoss | Function::LikelihoodBrier => 4.0,
        Function::SoftmaxBrier => 6.0,
        _ => unreachable!("no value of rows"),
    }
}
