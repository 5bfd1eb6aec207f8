export {type Dtype, dtypeBits, dtypeBytes, dtypes} from '../foundation/dtype.js'
